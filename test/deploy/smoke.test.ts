import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDeployable, needsAws, startAws } from "../support/aws/deployed.ts";
import type { EmulatedAws } from "../support/aws/emulated-aws.ts";
import { tickAt } from "../support/fixtures/ticks.ts";
import { run } from "../support/processes/program.ts";

/**
 * What the emulator lacks: it answers no preflight request, does not write logs as JSON, reads no metrics from log lines,
 * and does not evaluate alarms.
 */
const LACKING = ["cors", "logs", "metrics", "alarms"];
/** The schedule check waits up to 3.5 minutes for two beats. */
const DEADLINE = 240_000;

describe("npm run smoke", needsAws(), () => {
  let folder: string;
  let aws: EmulatedAws;
  let url: string;
  beforeAll(async () => {
    folder = createDeployable();
    aws = await startAws();
    await aws.slsOrThrow(folder, "deploy");
    ({ url } = await aws.openApi(folder));
  });
  afterAll(async () => {
    expect(await aws?.stop()).toEqual([]);
  });

  const smoke = (...args: string[]) =>
    run(["npm", "run", "-s", "smoke", "--", ...args], { folder, env: aws.environment }, DEADLINE);
  const without = (...names: string[]) => names.flatMap((name) => ["--without", name]);
  /** The result of each check, by its name. */
  const resultsIn = (lines: string[]) =>
    Object.fromEntries(
      lines.flatMap((line) => {
        const [, name = "", result = ""] = /^(\S+) +(passed|failed|not checked) /.exec(line) ?? [];
        return name === "" ? [] : [[name, result]];
      }),
    );

  it("passes every check that the emulator can, and names the others", { timeout: 250_000 }, async () => {
    const { code, lines } = await smoke("--url", url, ...without(...LACKING));

    expect(resultsIn(lines)).toEqual({
      ...{ ping: "passed", head: "passed", "not-modified": "passed", "not-found": "passed" },
      ...{ schedule: "passed", queue: "passed" },
      ...Object.fromEntries(LACKING.map((name) => [name, "not checked"])),
    });
    expect(lines).toContain("6 passed, 0 failed, 4 not checked");
    expect(code).toBe(0);
  });

  it("fails with the reason if a message is in the dead-letter queue", async () => {
    const event = JSON.stringify({ ...tickAt("2026-11-23T22:40:00Z"), time: "yesterday" });
    await aws.slsOrThrow(folder, "invoke", "-f", "heartbeat", "--type", "Event", "--data", event);
    const quick = ["--url", url, ...without(...LACKING, "schedule")];

    let result = await smoke(...quick);
    for (let n = 0; n < 20 && result.code === 0; n++) result = await smoke(...quick);

    expect(result.lines).toContainEqual(
      "queue         failed       1 messages are in the dead-letter queue: see npm run redrive",
    );
    expect(result.lines).toContain("4 passed, 1 failed, 5 not checked");
    expect(result.code).toBe(1);
  });

  it("fails every check of the API at an address where it does not answer", async () => {
    const { code, lines } = await smoke("--url", "http://127.0.0.1:9", ...without(...LACKING, "schedule"));

    expect(resultsIn(lines)).toMatchObject({ ping: "failed", head: "failed", "not-found": "failed" });
    expect(code).toBe(1);
  });

  it.each([
    [
      "a stage that is not deployed",
      ["--stage", "nowhere"],
      "cannot read the stack heartbeat-nowhere in us-east-1: ",
    ],
    ["an unknown check", ["--without", "pong"], "unknown check pong: use ping, head, not-modified"],
    ["an address that is no URL", ["--url", "example"], "invalid --url example: use the address of the API"],
  ])("refuses %s in one line", async (_, args, message) => {
    const { code, lines } = await smoke(...args);

    expect(lines.filter((line) => line !== "")).toEqual([expect.stringContaining(message)]);
    expect(code).toBe(1);
  });
});
