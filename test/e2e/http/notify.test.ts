import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  answer,
  drop,
  hang,
  type Receiver,
  redirect,
  SECRET,
  startReceiver,
} from "../../support/fakes/receiver.ts";
import { freshTime, minuteOf, tickAt } from "../../support/fixtures/ticks.ts";
import { createCheckout } from "../../support/processes/checkout.ts";
import { type Service, SLS_OFFLINE, startService } from "../../support/processes/service.ts";

/** lateAfter is one hour, so that the tests can use each minute of the last hour as one that is on time. */
const RULES = ["--param=lateAfter=3600", "--param=downAfter=7200"];
let young = Date.now() - 40 * 60_000;
const youngTime = (): string => {
  young += 60_000;
  return `${new Date(young).toISOString().slice(0, 19)}Z`;
};

describe("sls offline with notifyUrl", () => {
  let receiver: Receiver;
  let service: Service;
  beforeAll(async () => {
    receiver = await startReceiver();
    const command = [...SLS_OFFLINE, ...RULES, `--param=notifyUrl=${receiver.url}`];
    service = await startService({ folder: createCheckout(), command, env: { DYNAMODB: "embedded" } });
  });
  beforeEach(() => {
    receiver.receive = answer(200);
    receiver.calls.length = 0;
  });
  afterAll(() => receiver.stop());

  const paths = () => receiver.calls.map(({ path }) => path);
  const whole = `/${SECRET}?key=${SECRET}`;

  it("calls the URL once for each counted beat while it returns 2xx", async () => {
    const before = await service.count();
    const times = [youngTime(), youngTime(), youngTime()];

    const answers = [];
    for (const time of times) answers.push(await service.deliver(tickAt(time)));

    expect(answers).toEqual(times.map((time) => ({ counted: true, minute: minuteOf(time) })));
    expect(await service.count()).toBe(before + 3);
    expect(paths()).toEqual([whole, whole, whole]);
  });

  it("counts the beat before it calls the URL", async () => {
    const before = await service.count();
    const counts: number[] = [];
    receiver.receive = async (response) => {
      counts.push(await service.count());
      answer(200)(response);
    };

    await service.deliver(tickAt(youngTime()));

    expect(counts).toEqual([before + 1]);
  });

  it("does not call the URL for a duplicate delivery, sequential or concurrent", async () => {
    const before = await service.count();
    const time = youngTime();

    await Promise.all(Array.from({ length: 5 }, () => service.deliver(tickAt(time))));
    const again = await service.deliver({ ...tickAt(time), id: "another" });

    expect(again).toEqual({ counted: false, minute: minuteOf(time) });
    expect(await service.count()).toBe(before + 1);
    expect(paths()).toEqual([whole]);
  });

  it("does not call the URL for a beat whose lateness reaches lateAfter", async () => {
    const before = await service.count();
    const time = freshTime();

    const reply = await service.deliver(tickAt(time));

    expect(reply).toEqual({ counted: true, minute: minuteOf(time) });
    expect(await service.count()).toBe(before + 1);
    expect(paths()).toEqual([]);
  });

  it("does not call the URL for an invalid event", async () => {
    await service.deliver({ time: "yesterday" });

    expect(paths()).toEqual([]);
  });

  it.each([
    ["answers 500", answer(500)],
    ["redirects", redirect],
    ["drops the connection", drop],
    ["hangs", hang],
  ])("calls a receiver that %s twice, and counts the beat", async (_, reception) => {
    const before = await service.count();
    const time = youngTime();
    receiver.receive = reception;

    const reply = await service.deliver(tickAt(time));

    expect(reply).toEqual({ counted: true, minute: minuteOf(time) });
    expect(await service.count()).toBe(before + 1);
    expect(paths()).toEqual([whole, whole]);
  });

  it("counts the beat and logs the failure without the URL when the receiver is down", async () => {
    const before = await service.count();
    const time = youngTime();
    await receiver.stop();

    const reply = await service.deliver(tickAt(time));

    expect(reply).toEqual({ counted: true, minute: minuteOf(time) });
    expect(await service.count()).toBe(before + 1);
    await service.program.waitForLine(/ECONNREFUSED/, 5_000);
    expect(service.program.output()).toContain(`host: '${new URL(receiver.url).host}'`);
    expect(service.program.output()).not.toContain(SECRET);
  });
});
