import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const run = (input: string, ...args: string[]) => spawnSync("promtool", args, { input, encoding: "utf8" });

/** Checks metrics. The exit code is 0 only if promtool reports nothing. */
export const checkMetrics = (text: string) => {
  const { status, stdout, stderr } = run(text, "check", "metrics");
  return { code: status, output: stdout + stderr };
};

/** The input of `promtool test rules`. A series has one value for each minute, or "_" for none. */
export interface RuleTest {
  series: { series: string; values: string }[];
  /** The alerts that fire at each minute from the first sample. */
  alerts: { minute: number; alertname: string; firing: { labels: object; annotations: object }[] }[];
}

/** Runs alerting rules on samples. The exit code is 0 if exactly the listed alerts fire. */
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
    // JSON is a subset of YAML.
    writeFileSync(test, JSON.stringify({ rule_files: [resolve(file)], evaluation_interval: "1m", tests }));
    const { status, stdout, stderr } = run("", "test", "rules", test);
    return { code: status, output: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
};
