import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import event from "../../../events/pulse.json" with { type: "json" };
import type { History } from "../../../lib/domain/beat-store.ts";
import { MalformedRowError, StoreUnavailableError } from "../../../lib/domain/errors.ts";
import { pulse } from "../../../lib/pulse/pulse.ts";
import { DEFAULT_NAMES } from "../../../lib/service/names.ts";
import { createMemoryStore } from "../../support/fakes/memory-store.ts";
import { type Facts, historyOf, minutesFrom } from "../../support/fixtures/history.ts";
import { NASTY, PLAIN } from "../../support/fixtures/reasons.ts";

// The module opens a store and reads from it when it is loaded.
vi.doMock("../../../lib/dynamodb/open.ts", () => ({ openBeatStore: createMemoryStore }));

import { createPulseHandler } from "../../../handlers/factories/pulse.ts";

const NOW = Date.parse("2026-11-23T22:40:34.500Z");
const RULES = { lateAfter: 120, downAfter: 240, every: 1 };

const beatingTo = (newest: string): Facts => ({
  born: "2026-11-23T20:00Z",
  beaten: minutesFrom("2026-11-23T20:00Z", newest),
});
const UP = beatingTo("2026-11-23T22:40Z");

const storeOf = (history: History | Error) => ({
  ...createMemoryStore(),
  read: () => (history instanceof Error ? Promise.reject(history) : Promise.resolve(history)),
});
const ask = (routeKey: string | undefined, stored: Facts | Error) =>
  createPulseHandler(
    storeOf(stored instanceof Error ? stored : historyOf(stored)),
    RULES,
    DEFAULT_NAMES,
    () => NOW,
  )(routeKey === undefined ? {} : { ...event, routeKey, rawPath: routeKey.split(" ")[1] ?? "" });

const healthOf = async (facts: Facts) => {
  const { statusCode, headers, body } = await ask("GET /health", facts);
  return { statusCode, headers, body: JSON.parse(body ?? "") };
};

let logged: unknown[];
beforeEach(() => {
  logged = [];
  vi.spyOn(console, "error").mockImplementation((line) => logged.push(line));
});
afterEach(() => vi.restoreAllMocks());

test("/status and /beats/history read all minutes that are pending under the stored lateAfter, not the one of the stage", async () => {
  const store = createMemoryStore();
  for (const minute of ["2026-11-21T00:00Z", "2026-11-21T23:00Z"]) {
    await store.record({ minute, recordedAt: Date.parse(minute) });
  }
  const changeInfo = { time: "2026-11-21T23:00:00.000Z", requestId: "1b4d" };
  const rules = { lateAfter: 2 * 86_400, downAfter: 3 * 86_400 };
  await store.change(await store.settings(), { changeInfo, thresholds: rules });
  const handler = createPulseHandler(store, RULES, DEFAULT_NAMES, () => NOW);
  const get = async (routeKey: string, rawQueryString = "") => {
    const { body } = await handler({ ...event, routeKey, rawQueryString });
    return JSON.parse(body ?? "");
  };

  const { beats, missed, rules: thresholds } = await get("GET /status");
  const { items } = await get("GET /beats/history", "step=day");

  // The minutes up to 22:41 of the first day are due. Of the later minutes one is counted and none is missed.
  const due = 22 * 60 + 41;
  expect({ beats, missed, thresholds }).toEqual({ beats: 2, missed: due, thresholds: rules });
  expect(items.at(-1)).toMatchObject({ day: "2026-11-21", beats: 2, missed: due });
});

describe("/status", () => {
  test.each([
    ["a plain reason", { reason: PLAIN }, PLAIN],
    ["a nasty reason", { reason: NASTY }, NASTY],
    ["no reason", {}, null],
  ])("returns the pause with %s", async (_, known, reason) => {
    const { body } = await ask("GET /status", { ...UP, pauses: [{ from: "2026-11-23T22:41Z", ...known }] });

    const { state, pause } = JSON.parse(body ?? "");
    expect({ state, pause }).toEqual({ state: "paused", pause: { from: "2026-11-23T22:41Z", reason } });
  });

  test.each([event.routeKey, "HEAD /status", undefined])(
    "(%s) returns the whole snapshot as JSON",
    async (route) => {
      const reply = await ask(route, UP);

      expect(reply).toEqual({
        statusCode: 200,
        headers: { "content-type": "application/json", "cache-control": "no-store" },
        body: JSON.stringify(pulse(historyOf(UP), NOW, RULES)),
      });
    },
  );

  test("reads 24 hours of minutes and 90 days, today included", async () => {
    const ranges: unknown[] = [];
    const store = {
      ...createMemoryStore(),
      read: async (range: unknown) => {
        ranges.push(range);
        return historyOf({});
      },
    };

    await createPulseHandler(store, RULES, DEFAULT_NAMES, () => NOW)({});

    expect(ranges).toEqual([{ minutes: { from: "2026-11-22T22:41Z" }, days: { from: "2026-08-26" } }]);
  });

  test.each([
    [503, new StoreUnavailableError("the history could not be read", new Error("secret-table is gone"))],
    [500, new MalformedRowError("row live: beats has an unexpected value: -1")],
  ])("returns a problem with status %i and logs the cause", async (status, fault) => {
    const reply = await ask("GET /status", fault);

    expect(reply.statusCode).toBe(status);
    expect(reply.headers).toEqual({
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      ...(status === 503 ? { "retry-after": "10" } : {}),
    });
    expect(JSON.parse(reply.body ?? "")).toMatchObject({ type: "about:blank", status });
    expect(reply.body).not.toMatch(/secret-table|live/);
    expect(logged).toEqual([{ error: expect.stringContaining(fault.message) }]);
  });
});

describe("/health", () => {
  test("passes when the state is up", async () => {
    expect(await healthOf(UP)).toEqual({
      statusCode: 200,
      headers: { "content-type": "application/health+json", "cache-control": "no-store" },
      body: {
        status: "pass",
        notes: ["up since 2026-11-23T20:00:00Z"],
        checks: {
          "heart:age": [
            {
              componentType: "component",
              observedValue: 34,
              observedUnit: "s",
              status: "pass",
              time: "2026-11-23T22:40:34Z",
            },
          ],
        },
      },
    });
  });

  test.each([
    [
      "warns when the state is late",
      beatingTo("2026-11-23T22:38Z"),
      200,
      "warn",
      "late since 2026-11-23T22:40:00Z",
      "the newest beat is 154 s old, 1 missed in all",
    ],
    [
      "fails when the state is down",
      beatingTo("2026-11-23T22:36Z"),
      503,
      "fail",
      "down since 2026-11-23T22:40:00Z",
      "the newest beat is 274 s old, 3 missed in all",
    ],
    [
      "passes with a lower bound when the state has been up for more than 24 hours",
      { born: "2026-11-22T20:00Z", beaten: minutesFrom("2026-11-22T20:00Z", "2026-11-23T22:40Z") },
      200,
      "pass",
      "up since at least 2026-11-22T22:41:00Z",
      undefined,
    ],
    [
      "fails when only minutes before the first recorded beat were counted",
      { born: "2026-11-23T22:36Z", beaten: ["2026-11-20T12:00Z"] },
      503,
      "fail",
      "down since 2026-11-23T22:40:00Z",
      "no beat was counted since 2026-11-23T22:36Z, 4 missed in all",
    ],
    ["warns before the first beat", {}, 200, "warn", "no beat yet", "no beat was counted yet"],
    [
      "passes with a note when the state is paused",
      { ...UP, pauses: [{ from: "2026-11-23T22:41Z" }] },
      200,
      "pass",
      "paused since 2026-11-23T22:40:34Z",
      undefined,
    ],
  ])("%s", async (_, facts, code, status, note, output) => {
    const { statusCode, body } = await healthOf(facts);

    expect({ statusCode, ...body, checks: undefined }).toEqual({
      ...{ statusCode: code, status, notes: [note] },
      ...(output === undefined ? {} : { output }),
    });
    expect(body.checks?.["heart:age"][0].status ?? status).toBe(status);
  });

  test.each([
    ["a plain reason", PLAIN],
    ["a nasty reason", NASTY],
  ])("passes with %s of a pause in a second note", async (_, reason) => {
    expect(await healthOf({ ...UP, pauses: [{ from: "2026-11-23T22:41Z", reason }] })).toEqual({
      statusCode: 200,
      headers: { "content-type": "application/health+json", "cache-control": "no-store" },
      body: {
        status: "pass",
        notes: ["paused since 2026-11-23T22:40:34Z", `paused: ${reason}`],
        checks: {
          "heart:age": [
            {
              ...{ componentType: "component", observedValue: 34, observedUnit: "s", status: "pass" },
              time: "2026-11-23T22:40:34Z",
            },
          ],
        },
      },
    });
  });

  test.each([
    [
      503,
      new StoreUnavailableError("the history could not be read", new Error("secret-table is gone")),
      "The database is unavailable. Try again later.",
    ],
    [
      500,
      new MalformedRowError("row live: beats has an unexpected value: -1"),
      "Internal error. See the log of the function.",
    ],
  ])(
    "fails with status %i and logs the cause when the snapshot cannot be read",
    async (code, fault, output) => {
      const reply = await ask("HEAD /health", fault);

      expect(reply).toEqual({
        statusCode: code,
        headers: {
          "content-type": "application/health+json",
          "cache-control": "no-store",
          ...(code === 503 ? { "retry-after": "10" } : {}),
        },
        body: JSON.stringify({ status: "fail", output }),
      });
      expect(logged).toEqual([{ error: expect.stringContaining(fault.message) }]);
    },
  );
});

test.each(["GET /state", "HEAD /state", "$default", "GET", ""])(
  "the route key %j, which has no renderer, returns 404, reads nothing and logs nothing",
  async (routeKey) => {
    const reply = await ask(routeKey, new Error("the store was read"));

    expect(reply).toEqual({
      statusCode: 404,
      headers: { "content-type": "application/problem+json", "cache-control": "no-store" },
      body: '{"type":"about:blank","title":"Not Found","status":404,"detail":"The function has no such route."}',
    });
    expect(logged).toEqual([]);
  },
);

test("/status and /health agree", async () => {
  for (const facts of [UP, {}, beatingTo("2026-11-23T22:38Z"), beatingTo("2026-11-23T22:36Z")]) {
    const { state, since, newest } = JSON.parse((await ask("GET /status", facts)).body ?? "");
    const { body } = await healthOf(facts);

    expect(body.notes).toEqual([state === "new" ? "no beat yet" : `${state} since ${since}`]);
    expect(body.checks?.["heart:age"][0].observedValue).toBe(newest?.age);
  }
});
