import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { createHeartbeatHandler } from "../../../handlers/factories/heartbeat.ts";
import { type Job, RESERVED_MS } from "../../../lib/beat/run-job.ts";
import type { BeatStore } from "../../../lib/domain/beat-store.ts";
import { StoreUnavailableError } from "../../../lib/domain/errors.ts";
import { fromIndex, type Minute, startOf, toIndex } from "../../../lib/domain/minute.ts";
import { DEFAULT_NAMES } from "../../../lib/service/names.ts";
import { captureOutput } from "../../support/captured-output.ts";
import { createMemoryStore } from "../../support/fakes/memory-store.ts";
import { onDay } from "../../support/fixtures/store-on-day.ts";
import { tickAt } from "../../support/fixtures/ticks.ts";

const MINUTE = "2026-11-23T22:40Z";
const EVENT = tickAt("2026-11-23T22:40:00Z");
const START = startOf(MINUTE);
const CONTEXT = { functionName: "heartbeat-unit-heartbeat", getRemainingTimeInMillis: () => 180_000 };
const THRESHOLDS = { lateAfter: 150, downAfter: 270, every: 1 };

const { logged, metered } = captureOutput();

/** A heartbeat whose job records the minutes that it gets, and a clock that each run of the job sets forward. */
const createHeartbeat = (store: BeatStore, run: Job = async () => {}, jobMs = 0) => {
  const runs: Minute[] = [];
  const at = { now: START + 48 };
  const job: Job = async function sendReport(input) {
    runs.push(input.minute);
    at.now += jobMs;
    await run(input);
  };
  const handler = createHeartbeatHandler(
    store,
    { thresholds: THRESHOLDS, names: DEFAULT_NAMES, job },
    () => at.now,
  );
  return { runs, at, deliver: (event: unknown = EVENT, context = CONTEXT) => handler(event, context) };
};

describe("heartbeat with a job", () => {
  test("runs the job before it records the beat, at the time when the job has ended", async () => {
    const store = createMemoryStore();
    const counts: number[] = [];
    const job = async () => void counts.push(await store.count());
    const { deliver, runs } = createHeartbeat(store, job, 7_000);

    const reply = await deliver();

    expect(reply).toEqual({ counted: true, minute: MINUTE });
    expect({ runs, counts }).toEqual({ runs: [MINUTE], counts: [0] });
    expect(await store.count()).toBe(1);
    expect(logged).toEqual([
      { job: "sendReport", minute: MINUTE, ms: expect.any(Number) },
      "bump,Bump... @ 2026-11-23 22:40:07.048 +0000 UTC",
      { minute: MINUTE, lateness: 7_048 },
    ]);
    expect(metered).toEqual([expect.objectContaining({ BeatsCounted: 1, BeatLateness: 7_048 })]);
  });

  test.each([{}, ""])("runs the job for the current minute when the event is %j", async (event) => {
    const { deliver, runs } = createHeartbeat(createMemoryStore());

    expect(await deliver(event)).toEqual({ counted: true, minute: MINUTE });
    expect(runs).toEqual([MINUTE]);
  });

  test("does not run the job for an invalid event", async () => {
    const { deliver, runs } = createHeartbeat(createMemoryStore());

    await expect(deliver({ time: "yesterday" })).rejects.toThrow("event.time must");
    expect(runs).toEqual([]);
  });

  test("does not run the job again for a stored minute, and returns counted false", async () => {
    const { deliver, runs } = createHeartbeat(createMemoryStore());
    await deliver();
    logged.length = 0;
    metered.length = 0;

    const reply = await deliver({ ...EVENT, id: "another" });

    expect(reply).toEqual({ counted: false, minute: MINUTE });
    expect(runs).toEqual([MINUTE]);
    expect(logged).toEqual([]);
    expect(metered).toEqual([
      expect.objectContaining({ BeatsCounted: 0, BeatsDuplicate: 1, BeatsPaused: 0 }),
    ]);
  });

  test.each(["open", "ended"])("does not run the job for a minute of an %s pause", async (pause) => {
    const store = createMemoryStore();
    const day = onDay("2026-11-23", store);
    await day.pause("22:40", "database upgrade");
    if (pause === "ended") await day.resume("22:41");
    metered.length = 0;
    const { deliver, runs } = createHeartbeat(store);

    const reply = await deliver();

    expect(reply).toEqual({ counted: false, minute: MINUTE, paused: true });
    expect(runs).toEqual([]);
    expect(metered).toEqual([
      expect.objectContaining({ BeatsCounted: 0, BeatsDuplicate: 0, BeatsPaused: 1 }),
    ]);
  });

  test("counts nothing when the job throws, and counts the minute once, late, when a retry succeeds", async () => {
    const store = createMemoryStore();
    let failures = 2;
    const { deliver, at, runs } = createHeartbeat(store, async () => {
      if (failures-- > 0) throw new RangeError("no rows");
    });

    await expect(deliver()).rejects.toThrow(`job sendReport failed for ${MINUTE}: RangeError: no rows`);
    await expect(deliver()).rejects.toThrow(`job sendReport failed for ${MINUTE}: RangeError: no rows`);
    const before = { count: await store.count(), metered: [...metered] };
    at.now += 180_000;
    const replies = [await deliver(), await deliver()];

    expect(before).toEqual({ count: 0, metered: [] });
    expect(replies).toEqual([
      { counted: true, minute: MINUTE },
      { counted: false, minute: MINUTE },
    ]);
    expect(runs).toEqual([MINUTE, MINUTE, MINUTE]);
    expect(await store.count()).toBe(1);
    expect(logged.at(-1)).toEqual({ minute: MINUTE, lateness: 180_048 });
  });

  test("runs the job again when the beat could not be recorded", async () => {
    const store = createMemoryStore();
    const fault = new StoreUnavailableError("the beat could not be recorded", "no answer");
    const record = vi.spyOn(store, "record").mockRejectedValueOnce(fault);
    const { deliver, runs } = createHeartbeat(store);

    await expect(deliver()).rejects.toBe(fault);
    const reply = await deliver();

    expect(reply).toEqual({ counted: true, minute: MINUTE });
    expect(runs).toEqual([MINUTE, MINUTE]);
    expect(record).toHaveBeenCalledTimes(2);
  });

  test("does not run the job when the minute could not be looked up", async () => {
    const store = createMemoryStore();
    const fault = new StoreUnavailableError("the beat could not be read", "no answer");
    vi.spyOn(store, "lookUp").mockRejectedValueOnce(fault);
    const { deliver, runs } = createHeartbeat(store);

    await expect(deliver()).rejects.toBe(fault);

    expect(runs).toEqual([]);
    expect(await store.count()).toBe(0);
  });

  test("counts once when two deliveries run the job at the same moment", async () => {
    const store = createMemoryStore();
    let arrive = () => {};
    const both = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const { deliver, runs } = createHeartbeat(store, async () => {
      if (runs.length === 2) arrive();
      await both;
    });

    const replies = await Promise.all([deliver(), deliver()]);

    expect(runs).toEqual([MINUTE, MINUTE]);
    expect(replies.map(({ counted }) => counted).sort()).toEqual([false, true]);
    expect(await store.count()).toBe(1);
  });

  test("answers paused when a pause began while the job ran", async () => {
    const store = createMemoryStore();
    const { deliver, runs } = createHeartbeat(store, async () => {
      await onDay("2026-11-23", store).pause("22:40");
    });

    expect(await deliver()).toEqual({ counted: false, minute: MINUTE, paused: true });
    expect(runs).toEqual([MINUTE]);
    expect(await store.count()).toBe(0);
  });

  test("gives the job the time until the timeout of the function, less what recording needs", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const store = createMemoryStore();
    const { deliver } = createHeartbeat(store, ({ signal }) => {
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    });

    const failure = deliver(EVENT, { ...CONTEXT, getRemainingTimeInMillis: () => RESERVED_MS + 2_500 });
    const expectation = expect(failure).rejects.toThrow(
      `job sendReport failed for ${MINUTE}: TimeoutError: the job exceeded its time limit of 2.5 s`,
    );
    await vi.advanceTimersByTimeAsync(2_500);
    await expectation;

    vi.useRealTimers();
    expect(await store.count()).toBe(0);
  });
});

test("without a job, heartbeat neither looks the minute up nor reads the remaining time", async () => {
  const store = createMemoryStore();
  const lookUp = vi.spyOn(store, "lookUp");
  const getRemainingTimeInMillis = vi.fn(() => 0);
  const heartbeat = createHeartbeatHandler(
    store,
    { thresholds: THRESHOLDS, names: DEFAULT_NAMES },
    () => START,
  );

  await heartbeat(EVENT, { ...CONTEXT, getRemainingTimeInMillis });

  expect(lookUp).not.toHaveBeenCalled();
  expect(getRemainingTimeInMillis).not.toHaveBeenCalled();
  expect(logged).toEqual(["bump,Bump... @ 2026-11-23 22:40:00 +0000 UTC", { minute: MINUTE, lateness: 0 }]);
});

/** What happens in one delivery: its minute, and where it fails. */
const deliveries = fc.array(
  fc.record({
    minute: fc.integer({ min: 0, max: 5 }),
    fault: fc.constantFrom("none", "none", "none", "look-up", "job", "before recording", "after recording"),
  }),
  { minLength: 1, maxLength: 40, size: "max" },
);

test("a counted minute had a successful job, and a stored minute never runs it again, for any failures, retries, duplicates and orders", async () => {
  const first = toIndex(MINUTE);
  const property = fc.asyncProperty(deliveries, fc.scheduler(), async (deliveries, scheduler) => {
    const memory = createMemoryStore();
    const stored = new Set<Minute>();
    const successes: Minute[] = [];
    const acknowledged = new Set<Minute>();
    const counted: Minute[] = [];

    const deliver = async ({ minute: index, fault }: { minute: number; fault: string }) => {
      const minute = fromIndex(first + index);
      const wasStored = stored.has(minute);
      const fail = async (at: string) => {
        await scheduler.schedule(Promise.resolve(), `${at} ${minute}`);
        if (fault === at) throw new StoreUnavailableError(at, "scripted");
      };
      const store: BeatStore = {
        ...memory,
        async lookUp(beat) {
          await fail("look-up");
          return memory.lookUp(beat);
        },
        async record(beat) {
          await fail("before recording");
          if (!successes.includes(minute))
            throw new Error(`${minute} is recorded before its job has succeeded`);
          const outcome = await memory.record(beat);
          stored.add(minute);
          await fail("after recording");
          return outcome;
        },
      };
      const job = async () => {
        if (wasStored) throw new Error(`the job of ${minute} runs again although it is stored`);
        await fail("job");
        successes.push(minute);
      };
      const heartbeat = createHeartbeatHandler(
        store,
        { thresholds: THRESHOLDS, names: DEFAULT_NAMES, job },
        () => START + 600_000,
      );
      const reply = await heartbeat(tickAt(minute.replace("Z", ":00Z")), CONTEXT).catch((error: unknown) => {
        if (String(error).includes("scripted")) return undefined;
        throw error;
      });
      if (reply === undefined) return;
      acknowledged.add(minute);
      if (reply.counted) counted.push(minute);
    };

    await scheduler.waitFor(Promise.all(deliveries.map(deliver)));
    for (const { minute } of deliveries) await scheduler.waitFor(deliver({ minute, fault: "none" }));

    expect(counted).toEqual([...new Set(counted)]);
    expect(await memory.count()).toBe(stored.size);
    expect([...stored].sort()).toEqual([...acknowledged].sort());
    expect([...stored].every((minute) => successes.includes(minute))).toBe(true);
  });

  await fc.assert(property, { numRuns: 300 });
});
