import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import event from "../../../events/pulse.json" with { type: "json" };
import type { HistoryRange } from "../../../lib/domain/beat-store.ts";
import { MalformedRowError, StoreUnavailableError } from "../../../lib/domain/errors.ts";
import { defaultThresholds } from "../../../lib/domain/interval.ts";
import { DEFAULT_NAMES } from "../../../lib/service/names.ts";
import { createMemoryStore } from "../../support/fakes/memory-store.ts";
import { type Facts, minutesFrom, readerOf } from "../../support/fixtures/history.ts";

// The module opens a store and reads from it when it is loaded.
vi.doMock("../../../lib/dynamodb/open.ts", () => ({ openBeatStore: createMemoryStore }));

import { createPulseHandler } from "../../../handlers/factories/pulse.ts";

const NOW = Date.parse("2026-11-23T22:40:34.500Z");
const RULES = { lateAfter: 120, downAfter: 240, every: 1 };
const UP: Facts = {
  born: "2026-11-23T20:00Z",
  beaten: minutesFrom("2026-11-23T20:00Z", "2026-11-23T22:40Z"),
};

let ranges: HistoryRange[];
const ask = (rawQueryString: string, stored: Facts | Error = UP) => {
  const store = {
    ...createMemoryStore(),
    read: async (range: HistoryRange) => {
      ranges.push(range);
      if (stored instanceof Error) throw stored;
      return readerOf(stored)(range);
    },
  };
  const request = { ...event, routeKey: "GET /beats/history", rawQueryString };
  return createPulseHandler(store, RULES, DEFAULT_NAMES, () => NOW)(request);
};

let logged: unknown[];
beforeEach(() => {
  [ranges, logged] = [[], []];
  vi.spyOn(console, "error").mockImplementation((line) => logged.push(line));
});
afterEach(() => vi.restoreAllMocks());

test("a page is JSON with no-store", async () => {
  const { body = "", ...reply } = await ask("limit=2");

  expect(reply).toEqual({
    statusCode: 200,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
  });
  expect(JSON.parse(body)).toEqual({
    now: "2026-11-23T22:40:34Z",
    step: "hour",
    items: [
      { hour: "2026-11-23T22:00Z", beats: 41, expected: 41, missed: 0, covered: 0, early: 0 },
      { hour: "2026-11-23T21:00Z", beats: 60, expected: 60, missed: 0, covered: 0, early: 0 },
    ],
    next: "?step=hour&limit=2&cursor=2026-11-23T21:00Z",
  });
  expect(ranges).toEqual([{ minutes: { from: "2026-11-23T21:00Z", to: "2026-11-23T22:40Z" } }]);
});

test("next is the query string of the following page", async () => {
  const { next } = JSON.parse((await ask("limit=2")).body ?? "");

  const url = new URL(next, "https://example.org/some/base/beats/history?limit=2");

  expect(url.pathname).toBe("/some/base/beats/history");
  expect(JSON.parse((await ask(url.search.slice(1))).body ?? "")).toMatchObject({
    items: [{ hour: "2026-11-23T20:00Z", beats: 60 }],
    next: null,
  });
});

test("an invocation without a query string returns the hours of the last day", async () => {
  const { rawQueryString: _, ...request } = { ...event, routeKey: "GET /beats/history" };
  const store = { ...createMemoryStore(), read: async (range: HistoryRange) => readerOf(UP)(range) };

  const reply = await createPulseHandler(store, RULES, DEFAULT_NAMES, () => NOW)(request);

  expect(JSON.parse(reply.body ?? "").items).toHaveLength(3);
});

test("an invalid parameter returns 400, reads nothing and logs no error", async () => {
  const { body = "", ...reply } = await ask("limit=9999");

  expect(reply).toEqual({
    statusCode: 400,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store" },
  });
  expect(JSON.parse(body)).toEqual({
    type: "about:blank",
    title: "Bad Request",
    status: 400,
    detail: 'limit must be a whole number from 1 to 168 if step is hour, not "9999"',
  });
  expect({ ranges, logged }).toEqual({ ranges: [], logged: [] });
});

describe("a cursor, after a deployment with another interval and before its first beat,", () => {
  /** Beats every 5 minutes from 20:00 to 22:35, read by a stage with another interval. */
  const pageOf = async (rawQueryString: string, every: number) => {
    const store = createMemoryStore();
    for (const minute of minutesFrom("2026-11-23T20:00Z", "2026-11-23T22:35Z").filter(
      (_, n) => n % 5 === 0,
    )) {
      await store.record({ minute, recordedAt: Date.parse(minute), every: 5 });
    }
    const stage = { ...defaultThresholds(every), every };
    const handler = createPulseHandler(store, stage, DEFAULT_NAMES, () => NOW);
    const request = { ...event, routeKey: "GET /beats/history", rawQueryString };
    const { statusCode, body = "" } = await handler(request);
    return { statusCode, ...JSON.parse(body) };
  };
  const slotsOf = ({ items }: { items: { minute: string; state: string }[] }) =>
    items.map(({ minute, state }) => [minute.slice(11, 16), state]);

  test.each([1, 2, 3, 10, 60])(
    "that names a slot of the stored interval is valid on a stage of %i minutes",
    async (every) => {
      const first = await pageOf("step=minute&limit=2", every);
      const second = await pageOf(first.next.slice(1), every);

      expect([first.statusCode, slotsOf(first), first.next]).toEqual([
        200,
        [
          ["22:40", "pending"],
          ["22:35", "beaten"],
        ],
        "?step=minute&limit=2&cursor=2026-11-23T22:35Z",
      ]);
      expect([second.statusCode, slotsOf(second), second.next]).toEqual([
        200,
        [
          ["22:30", "beaten"],
          ["22:25", "beaten"],
        ],
        "?step=minute&limit=2&cursor=2026-11-23T22:25Z",
      ]);
    },
  );

  test("is valid beside a from of the same hour on a stage of 60 minutes", async () => {
    const page = await pageOf("step=minute&from=2026-11-23T22:25Z&cursor=2026-11-23T22:35Z", 60);

    expect([page.statusCode, slotsOf(page), page.next]).toEqual([
      200,
      [
        ["22:30", "beaten"],
        ["22:25", "beaten"],
      ],
      null,
    ]);
  });

  test.each([1, 60])(
    "that names no slot of the stored interval is rejected on a stage of %i minutes",
    async (every) => {
      const { statusCode, detail } = await pageOf("step=minute&cursor=2026-11-23T22:33Z", every);

      expect([statusCode, detail]).toEqual([
        400,
        'cursor must be taken from next of the previous page, such as 2026-11-23T22:00Z if step is minute, not "2026-11-23T22:33Z"',
      ]);
    },
  );
});

describe("a page that cannot be read", () => {
  test.each([
    [503, new StoreUnavailableError("the history could not be read", new Error("secret-table is gone"))],
    [500, new MalformedRowError("row live: beats has an unexpected value: -1")],
  ])("returns a problem with status %i and logs the cause", async (status, fault) => {
    const { body = "", ...reply } = await ask("", fault);

    expect(reply).toEqual({
      statusCode: status,
      headers: {
        "content-type": "application/problem+json",
        "cache-control": "no-store",
        ...(status === 503 ? { "retry-after": "10" } : {}),
      },
    });
    expect(JSON.parse(body)).toMatchObject({ type: "about:blank", status });
    expect(body).not.toMatch(/secret-table|live/);
    expect(logged).toEqual([{ error: expect.stringContaining(fault.message) }]);
  });
});
