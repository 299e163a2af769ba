import fc from "fast-check";
import { expect, test, vi } from "vitest";
// The modules open the store that the environment names as they load, as on Lambda.
import { createHeartbeatHandler } from "../../../handlers/factories/heartbeat.ts";
import { createSettingsHandler } from "../../../handlers/factories/settings.ts";
import { createMemoryStore } from "../../support/fakes/memory-store.ts";
import { noSettings, noTicks, REAL_TIMES, UNREAL_TIMES } from "../../support/fixtures/hostile-events.ts";
import { minuteOf, tickAt } from "../../support/fixtures/ticks.ts";

const CONTEXT = { functionName: "heartbeat-unit-heartbeat", awsRequestId: "1b4d" };
const RULES = { lateAfter: 120, downAfter: 240 };
const createHeartbeat = (store: Store) => createHeartbeatHandler(store, { thresholds: RULES });

/** What a function makes of an event: its answer, or its error. */
type Invoke = (event: unknown) => Promise<unknown>;

/** Each function that takes events: those that it refuses, and how it is set up with the store that it would change. */
const FUNCTIONS: Record<
  string,
  { refused: fc.Arbitrary<unknown>; told: RegExp; start(store: Store): Invoke }
> = {
  heartbeat: {
    refused: noTicks,
    told: /^TypeError: event(\.\w+)? must /,
    start: (store) => async (event) => createHeartbeat(store)(event, CONTEXT),
  },
  settings: {
    refused: noSettings,
    told: /^RefusedError: refused, nothing is changed: /,
    start: (store) => (event) => createSettingsHandler(store, RULES)(event, CONTEXT),
  },
};
type Store = ReturnType<typeof createMemoryStore>;

test.each(Object.entries(FUNCTIONS))(
  "%s refuses any event that is not its own by a short error that names what is wrong, and changes nothing",
  async (_, { refused, told, start }) => {
    const store = createMemoryStore();
    const invoke = start(store);
    await fc.assert(
      fc.asyncProperty(refused, async (event) => {
        const error = await invoke(event).catch((error: unknown) => error);

        expect(String(error)).toMatch(told);
        expect(String(error).length).toBeLessThan(1_000);
      }),
      { numRuns: 3_000 },
    );
    expect(await store.count()).toBe(0);
    expect((await store.settings()).version).toBe(0);
  },
);

test.each(UNREAL_TIMES)("no minute beats at %j", async (time) => {
  const store = createMemoryStore();

  await expect(async () => createHeartbeat(store)(tickAt(time), CONTEXT)).rejects.toThrow("event.time must");

  expect(await store.count()).toBe(0);
});

test("a minute beats at every boundary of the calendar, once", async () => {
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
