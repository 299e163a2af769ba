import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { createHeartbeatHandler } from "../../../handlers/factories/heartbeat.ts";
import { createSettingsHandler } from "../../../handlers/factories/settings.ts";
import { DEFAULT_NAMES } from "../../../lib/service/names.ts";
import { createMemoryStore } from "../../support/fakes/memory-store.ts";
import { noSettings, noTicks, REAL_TIMES, UNREAL_TIMES } from "../../support/fixtures/hostile-events.ts";
import { minuteOf, tickAt } from "../../support/fixtures/ticks.ts";

const CONTEXT = {
  functionName: "heartbeat-unit-heartbeat",
  awsRequestId: "1b4d",
  getRemainingTimeInMillis: () => 180_000,
};
const THRESHOLDS = { lateAfter: 120, downAfter: 240, every: 1 };
const createHeartbeat = (store: Store) =>
  createHeartbeatHandler(store, { thresholds: THRESHOLDS, names: DEFAULT_NAMES });

/** Invokes a function with an event. */
type Invoke = (event: unknown) => Promise<unknown>;

/** Each function that accepts events: events that it refuses, its error, and how to create it. */
const FUNCTIONS: Record<
  string,
  { refused: fc.Arbitrary<unknown>; error: RegExp; create(store: Store): Invoke }
> = {
  heartbeat: {
    refused: noTicks,
    error: /^TypeError: event(\.\w+)? must /,
    create: (store) => async (event) => createHeartbeat(store)(event, CONTEXT),
  },
  settings: {
    refused: noSettings,
    error: /^RefusedError: refused, nothing is changed: /,
    create: (store) => (event) => createSettingsHandler(store, THRESHOLDS, DEFAULT_NAMES)(event, CONTEXT),
  },
};
type Store = ReturnType<typeof createMemoryStore>;

test.each(Object.entries(FUNCTIONS))(
  "%s throws a short error for any invalid event and changes nothing",
  async (_, { refused, error: pattern, create }) => {
    const store = createMemoryStore();
    const invoke = create(store);
    await fc.assert(
      fc.asyncProperty(refused, async (event) => {
        const error = await invoke(event).catch((error: unknown) => error);

        expect(String(error)).toMatch(pattern);
        expect(String(error).length).toBeLessThan(1_000);
      }),
      { numRuns: 3_000 },
    );
    expect(await store.count()).toBe(0);
    expect((await store.settings()).version).toBe(0);
  },
);

test.each(UNREAL_TIMES)("heartbeat refuses the invalid time %j", async (time) => {
  const store = createMemoryStore();

  await expect(async () => createHeartbeat(store)(tickAt(time), CONTEXT)).rejects.toThrow("event.time must");

  expect(await store.count()).toBe(0);
});

test("heartbeat counts every boundary of the calendar once", async () => {
  vi.spyOn(console, "info").mockImplementation(() => {});
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const store = createMemoryStore();
  const heartbeat = createHeartbeat(store);

  const answers = [];
  for (const time of [...REAL_TIMES, ...REAL_TIMES]) answers.push(await heartbeat(tickAt(time), CONTEXT));

  vi.restoreAllMocks();
  expect(answers).toEqual(
    [true, false].flatMap((counted) => REAL_TIMES.map((time) => ({ counted, minute: minuteOf(time) }))),
  );
  expect(await store.count()).toBe(REAL_TIMES.length);
});
