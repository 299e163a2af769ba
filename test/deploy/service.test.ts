import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { minuteAfter } from "../../lib/domain/minute.ts";
import { createDeployable, needsAws, startAws } from "../support/aws/deployed.ts";
import type { EmulatedAws } from "../support/aws/emulated-aws.ts";
import { httpCases } from "../support/contracts/http-cases.ts";
import { NASTY } from "../support/fixtures/reasons.ts";
import { freshTime, minuteOf, tickAt } from "../support/fixtures/ticks.ts";
import { replaceIn } from "../support/processes/checkout.ts";

const WITHOUT_SCHEDULE = "--param=schedule=false";

describe("the deployed service", needsAws(), () => {
  let folder: string;
  let aws: EmulatedAws;
  let api: Awaited<ReturnType<EmulatedAws["openApi"]>>;
  beforeAll(async () => {
    folder = createDeployable();
    aws = await startAws();
    await aws.slsOrThrow(folder, "deploy", WITHOUT_SCHEDULE);
    api = await aws.openApi(folder);
  });
  afterAll(async () => {
    expect(await aws?.stop()).toEqual([]);
  });

  const invoke = async (...args: string[]) => {
    const { output } = await aws.slsOrThrow(folder, "invoke", "-f", "heartbeat", ...args);
    return JSON.parse(output);
  };
  const deliver = (event: unknown) => invoke("--data", JSON.stringify(event));

  it("prints its endpoints, functions and outputs", async () => {
    const { lines } = await aws.slsOrThrow(folder, "info", "--verbose");

    const url = lines.find((line) => line.includes("HttpApiUrl"))?.split(": ")[1];
    expect(url).toMatch(/^https:\/\/\w+\.execute-api\.us-east-1\.amazonaws\.com$/);
    const paths = Object.keys(JSON.parse(await api.text("/openapi.json")).paths);
    for (const route of paths.flatMap((path) => [`GET - ${url}${path}`, `HEAD - ${url}${path}`])) {
      expect(lines).toContainEqual(expect.stringContaining(route));
    }
    for (const name of ["heartbeat", "ping", "beats", "pulse", "settings"])
      expect(lines).toContain(`  ${name}: heartbeat-dev-${name}`);
  });

  it("counts nothing before the first beat", async () => {
    expect(await api.text("/beats")).toBe('{"payload":0}');
  });

  it("has the state new before the first beat", async () => {
    expect(JSON.parse(await api.text("/status"))).toMatchObject({ state: "new", beats: 0 });
    expect(JSON.parse(await api.text("/health"))).toMatchObject({ status: "warn", notes: ["no beat yet"] });
    expect(await api.text("/")).toContain('<h1 id="word">New</h1>');
  });

  it("counts the current minute once when sls invoke runs twice", async () => {
    const before = minuteOf(Date.now());

    const first = await invoke();
    const again = await deliver({ time: first.minute.replace("Z", ":07Z") });

    expect(first).toEqual({ counted: true, minute: expect.any(String) });
    expect([before, minuteOf(Date.now())]).toContain(first.minute);
    expect(again).toEqual({ counted: false, minute: first.minute });
    expect(await api.text("/beats")).toBe('{"payload":1}');
  });

  it("fails on sls invoke with an invalid event, names the fault, and counts nothing", async () => {
    const { code, output } = await aws.sls(
      folder,
      "invoke",
      "-f",
      "heartbeat",
      "--data",
      '{"time":"yesterday"}',
    );

    expect(code).toBe(1);
    expect(output).toContain(
      'event.time must be a real UTC time like 2026-11-23T22:40:00Z, not \\"yesterday\\"',
    );
    expect(await api.text("/beats")).toBe('{"payload":1}');
  });

  describe("with settings changed by sls invoke", () => {
    const settings = async (event: object) => {
      const data = JSON.stringify(event);
      const { output } = await aws.slsOrThrow(folder, "invoke", "-f", "settings", "--data", data);
      return JSON.parse(output);
    };
    const inForce = async () => {
      const { output } = await aws.slsOrThrow(folder, "invoke", "-f", "settings");
      return JSON.parse(output);
    };
    const tickOf = (minute: string) => tickAt(minute.replace("Z", ":00Z"));

    it("returns the settings of the stage before any change", async () => {
      expect(await inForce()).toEqual({
        ...{ version: 0, lateAfter: 150, downAfter: 270, pause: null },
        ...{ time: null, requestId: null, by: null },
      });
    });

    it("counts no minute during a pause, and counts again after the resume", async () => {
      await invoke(); // so that no minute before the pause counts as missed
      const before = await api.text("/beats");

      const paused = await settings({ pause: NASTY, by: "ann" });
      const { from } = paused.pause;
      const covered = await deliver(tickOf(from));
      const { state, pause, missed } = JSON.parse(await api.text("/status"));
      const resumed = await settings({ resume: true, ifVersion: 1 });
      // The pause ends no earlier than the minute that was answered as paused.
      const last = [minuteOf(resumed.time), from].sort().at(-1) ?? "";
      const again = await deliver(tickOf(last));
      const after = await deliver(tickOf(minuteAfter(last)));

      expect(paused).toEqual({
        ...{ version: 1, lateAfter: 150, downAfter: 270, pause: { from, reason: NASTY } },
        ...{ time: expect.any(String), requestId: expect.stringMatching(/^[\da-f-]{36}$/), by: "ann" },
      });
      expect(covered).toEqual({ counted: false, minute: from, paused: true });
      expect({ state, pause }).toEqual({ state: "paused", pause: { from, reason: NASTY } });
      expect(resumed).toMatchObject({ version: 2, pause: null, by: null });
      expect(again).toMatchObject({ counted: false, minute: last });
      expect(after).toEqual({ counted: true, minute: minuteAfter(last) });
      const status = JSON.parse(await api.text("/status"));
      expect(status).toMatchObject({ missed, pause: null, state: "up" });
      expect(status.beats).toBe(JSON.parse(before).payload + 1);
    });

    it("applies new thresholds immediately", async () => {
      await settings({ lateAfter: 300, downAfter: 600 });
      const { rules } = JSON.parse(await api.text("/status"));
      await settings({ lateAfter: null, downAfter: null });

      expect(rules).toEqual({ lateAfter: 300, downAfter: 600 });
      expect(JSON.parse(await api.text("/status")).rules).toEqual({ lateAfter: 150, downAfter: 270 });
    });

    it.each([
      [
        { pause: "x", lateAfter: 60, color: "red" },
        'refused, nothing is changed: unknown setting \\"color\\": use pause, resume, lateAfter, downAfter, ifVersion, by; lateAfter must be whole seconds, at least 130 and less than 604800 (7 days), not 60',
      ],
      [{ pause: "x", ifVersion: 0 }, "nothing is changed: the settings are at version 4 (changed at "],
    ])("fails, names the fault, and changes nothing for the invalid request %j", async (event, message) => {
      const before = await inForce();

      const { code, output } = await aws.sls(
        folder,
        "invoke",
        "-f",
        "settings",
        "--data",
        JSON.stringify(event),
      );

      expect(code).toBe(1);
      expect(output).toContain(message);
      expect(await inForce()).toEqual(before);
    });

    it("logs each change and its metric", async () => {
      const { output } = await aws.slsOrThrow(folder, "logs", "-f", "settings");

      expect(output.match(/"SettingsChanged":1/g)).toHaveLength(4);
      expect(output).toContain("request: { lateAfter: 300, downAfter: 600 }");
    });
  });

  httpCases(() => ({
    request: api.request,
    beat: () => deliver(tickAt(freshTime())),
    every: 1,
  }));

  it("sls logs shows the log line of a beat", async () => {
    const { lines } = await aws.slsOrThrow(folder, "logs", "-f", "heartbeat");

    const bump = lines.find((line) => line.includes("bump,Bump"));
    expect(bump).toMatch(/^bump,Bump\.\.\. @ \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{0,2}[1-9])? \+0000 UTC$/);
  });

  it("deploying the same code again changes nothing", async () => {
    const { output } = await aws.slsOrThrow(folder, "deploy", WITHOUT_SCHEDULE);

    expect(output).toContain("No changes to deploy. Deployment skipped.");
  });

  it("changed code runs on Node 24 after its deployment", async () => {
    const changed = createDeployable();
    replaceIn(changed, ["handlers/ping.ts"], '"PONG"', "process.version");

    await aws.slsOrThrow(changed, "deploy", WITHOUT_SCHEDULE);

    expect(await api.text("/ping")).toMatch(/^\{"payload":"v24\.\d+\.\d+"\}$/);
  });

  it("sls rollback restores the previous code", async () => {
    const { output } = await aws.slsOrThrow(folder, "deploy", "list");
    const [first = ""] = output.match(/(?<=Timestamp: )\d+/g) ?? [];

    await aws.slsOrThrow(folder, "rollback", "--timestamp", first);

    expect(await api.text("/ping")).toBe('{"payload":"PONG"}');
  });
});
