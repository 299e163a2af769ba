import { setTimeout as after } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDeployable, needsAws, startAws } from "../support/aws/deployed.ts";
import type { EmulatedAws } from "../support/aws/emulated-aws.ts";
import { type Receiver, SECRET, startReceiver } from "../support/fakes/receiver.ts";
import { besideBump } from "../support/processes/beat-log.ts";
import { eventually } from "../support/processes/eventually.ts";

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
});
