import { setTimeout as after } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDeployable, needsAws, startAws } from "../support/aws/deployed.ts";
import type { EmulatedAws } from "../support/aws/emulated-aws.ts";
import { httpCases } from "../support/contracts/http-cases.ts";
import { type Receiver, SECRET, startReceiver } from "../support/fakes/receiver.ts";
import { freshTime, minuteOf, tickAt } from "../support/fixtures/ticks.ts";
import { besideBump } from "../support/processes/beat-log.ts";
import { eventually } from "../support/processes/eventually.ts";

const EVERY_5 = "--param=every=5";
/** One minute, plus the 10 s between two runs of the emulator's scheduler, plus slack. */
const TICK_WITHIN = 100_000;

describe("the deployed schedule", needsAws(), () => {
  let folder: string;
  let aws: EmulatedAws;
  let receiver: Receiver;
  beforeAll(async () => {
    folder = createDeployable();
    receiver = await startReceiver();
    aws = await startAws();
    await aws.slsOrThrow(folder, "deploy", `--param=notifyUrl=${receiver.url}`);
  });
  afterAll(async () => {
    await receiver?.stop();
    expect(await aws?.stop()).toEqual([]);
  });

  it("invokes heartbeat each minute with an event that names its minute", { timeout: 150_000 }, async () => {
    const api = await aws.openApi(folder);

    const grew = await eventually(async () => {
      await after(250); // The same machine runs the service: poll slowly.
      return (await api.text("/beats")) !== '{"payload":0}';
    }, TICK_WITHIN);

    expect(grew).toBe(true);
    const { lines } = await aws.slsOrThrow(folder, "logs", "-f", "heartbeat");
    const { minute, lateness } = besideBump(lines.find((line) => line.includes("lateness")) ?? "");
    expect(lateness).toBeLessThan(60_000);
    const time = minute.replace("Z", ":00Z");
    const { output } = await aws.slsOrThrow(
      folder,
      "invoke",
      "-f",
      "heartbeat",
      "-d",
      JSON.stringify({ time }),
    );
    expect(JSON.parse(output)).toEqual({ counted: false, minute });
  });

  it("sends a notification for such a beat", async () => {
    const called = await eventually(() => receiver.calls.length > 0, 10_000);

    expect(called).toBe(true);
    expect(receiver.calls[0]).toMatchObject({ method: "GET", path: `/${SECRET}?key=${SECRET}` });
  });

  describe("of a stage with an interval of 5 minutes", () => {
    const stage = ["--stage", "five"];
    let api: Awaited<ReturnType<EmulatedAws["openApi"]>>;
    beforeAll(async () => {
      // Without a schedule only the test's beats are counted.
      await aws.slsOrThrow(folder, "deploy", ...stage, EVERY_5, "--param=schedule=false");
      api = await aws.openApi(folder, ...stage);
    });

    const deliver = async (time: string) => {
      const data = JSON.stringify(tickAt(time));
      const { output } = await aws.slsOrThrow(folder, "invoke", ...stage, "-f", "heartbeat", "--data", data);
      return JSON.parse(output);
    };

    it("counts each slot of 5 minutes once", async () => {
      const slot = freshTime(5);
      const within = new Date(Date.parse(slot) + 180_000).toISOString();

      const answers = [await deliver(within), await deliver(slot)];

      expect(answers).toEqual([true, false].map((counted) => ({ counted, minute: minuteOf(slot) })));
      expect(await api.text("/beats")).toBe('{"payload":1}');
      expect(JSON.parse(await api.text("/status")).interval).toEqual({
        ...{ minutes: 5, since: expect.stringMatching(/:[0-5][05]Z$/) },
      });
    });

    httpCases(() => ({ request: api.request, beat: () => deliver(freshTime(5)), every: 5 }));
  });
});
