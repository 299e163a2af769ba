import { spawnSync } from "node:child_process";

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
