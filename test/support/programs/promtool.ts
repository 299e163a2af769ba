import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const run = (input: string, ...args: string[]) => spawnSync("promtool", args, { input, encoding: "utf8" });

/** Prometheus's own tool; false where this machine has none, which fails in CI. */
export const hasPromtool = (): boolean => {
  const { error } = run("", "--version");
  if (error !== undefined && process.env["CI"] !== undefined) throw error;
  if (error !== undefined) console.warn(`Tests by promtool are skipped: ${error.message}`);
  return error === undefined;
};

/** What it finds wrong with metrics: its exit code is 0 only where that is nothing. */
export const checkMetrics = (text: string) => {
  const { status, stdout, stderr } = run(text, "check", "metrics");
  return { code: status, output: stdout + stderr };
};

/** The series of `promtool test rules`: a value for each minute, "_" where there is none. */
export interface RuleTest {
  series: { series: string; values: string }[];
  /** What fires at minutes from the first sample. */
  alerts: { minute: number; alertname: string; firing: { labels: object; annotations: object }[] }[];
}

/** Runs alerting rules on samples. Its exit code is 0 if exactly the alerts that are listed fire. */
export const testRules = (file: string, { series, alerts }: RuleTest) => {
  const folder = mkdtempSync(join(tmpdir(), "heartbeat-rules-"));
  try {
    const test = join(folder, "test.json");
    const tests = [
      {
        interval: "1m",
        input_series: series,
        alert_rule_test: alerts.map(({ minute, alertname, firing }) => ({
          eval_time: `${minute}m`,
          alertname,
          exp_alerts: firing.map(({ labels, annotations }) => ({
            exp_labels: labels,
            exp_annotations: annotations,
          })),
        })),
      },
    ];
    // JSON is YAML.
    writeFileSync(test, JSON.stringify({ rule_files: [resolve(file)], evaluation_interval: "1m", tests }));
    const { status, stdout, stderr } = run("", "test", "rules", test);
    return { code: status, output: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
};
