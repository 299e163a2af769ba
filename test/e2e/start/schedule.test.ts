import { beforeAll, describe, expect, it } from "vitest";
import { BESIDE_BUMP, besideBump } from "../../support/processes/beat-log.ts";
import { createCheckout } from "../../support/processes/checkout.ts";
import { type Service, startService } from "../../support/processes/service.ts";

describe("the schedule", () => {
  let service: Service;
  let withoutSchedule: Service;
  beforeAll(async () => {
    const folder = createCheckout();
    const env = { DYNAMODB: "embedded" };
    [service, withoutSchedule] = await Promise.all([
      startService({ folder, env, schedule: true }),
      startService({ folder, env, schedule: false }),
    ]);
  });

  it("sends a beat every minute when it is on, and none when it is off", async () => {
    // The first beat can come right after the start.
    await service.program.waitForLine(/^bump,Bump/, 75_000);
    const reply = await service.request("GET", "/beats");
    const beside = await service.program.waitForLine(BESIDE_BUMP, 5_000);

    const { minute, lateness } = besideBump(beside);
    expect(reply.body).toEqual(Buffer.from('{"payload":1}'));
    expect(lateness).toBeLessThan(60_000);
    expect(await service.deliver({ time: minute.replace("Z", ":00Z") })).toEqual({ counted: false, minute });
    expect(await withoutSchedule.count()).toBe(0);
  });
});
