import { beforeAll, describe, expect, it } from "vitest";
import { BESIDE_BUMP, besideBump } from "../../support/processes/beat-log.ts";
import { createCheckout } from "../../support/processes/checkout.ts";
import { type Service, SLS_OFFLINE, startService } from "../../support/processes/service.ts";

describe("the schedule", () => {
  let service: Service;
  let withoutSchedule: Service;
  let everyTwoMinutes: Service;
  beforeAll(async () => {
    const folder = createCheckout();
    const env = { DYNAMODB: "embedded" };
    [service, withoutSchedule, everyTwoMinutes] = await Promise.all([
      startService({ folder, env, schedule: true }),
      startService({ folder, env, schedule: false }),
      // The even minutes of this time zone are odd ones of UTC.
      startService({
        folder,
        command: [...SLS_OFFLINE, "--param=every=2"],
        env: { ...env, TZ: "Asia/Kathmandu" },
        schedule: true,
      }),
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

  it("names the interval and the next beat at the start", async () => {
    const pattern = /^schedule {2}every( 2)? minutes?, the next beat at \d\d:\d\d:00 UTC$/;

    const lines = [
      await service.program.waitForLine(pattern, 5_000),
      await everyTwoMinutes.program.waitForLine(pattern, 5_000),
    ];

    expect(lines[0]).toMatch(/^schedule {2}every minute, the next beat at \d\d:\d\d:00 UTC$/);
    expect(lines[1]).toMatch(/^schedule {2}every 2 minutes, the next beat at \d\d:\d[02468]:00 UTC$/);
  });

  it("sends a beat at an even minute when it runs every 2 minutes", { timeout: 150_000 }, async () => {
    const beside = await everyTwoMinutes.program.waitForLine(BESIDE_BUMP, 135_000);

    const { minute, lateness } = besideBump(beside);
    expect(Number(minute.slice(14, 16)) % 2).toBe(0);
    expect(lateness).toBeLessThan(60_000);
  });
});
