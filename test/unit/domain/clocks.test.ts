import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createHeartbeatHandler } from "../../../handlers/factories/heartbeat.ts";
import { createPulseHandler } from "../../../handlers/factories/pulse.ts";
import type { BeatStore, HistoryRange } from "../../../lib/domain/beat-store.ts";
import { fromIndex, minuteAt } from "../../../lib/domain/minute.ts";
import { DEFAULT_NAMES } from "../../../lib/service/names.ts";
import { createMemoryStore } from "../../support/fakes/memory-store.ts";
import { historyOf, readerOf } from "../../support/fixtures/history.ts";
import { randomHistories } from "../../support/fixtures/random-histories.ts";
import { tickAt } from "../../support/fixtures/ticks.ts";
import { beQuiet } from "../../support/quiet.ts";

const DAY = 86_400_000;
const CONTEXT = {
  awsRequestId: "1b4d",
  functionName: "heartbeat-unit-heartbeat",
  getRemainingTimeInMillis: () => 180_000,
};
const START = Date.parse("2026-11-23T22:40:00Z");
const MINUTES = Array.from({ length: 30 }, (_, n) => START + n * 60_000);

beQuiet();

/** Delivers each minute to a function whose clock is `ahead` ms ahead. Returns each reply or error. */
const beatBy = async (store: BeatStore, ahead: number) => {
  const answers = [];
  for (const minute of MINUTES) {
    const heartbeat = createHeartbeatHandler(
      store,
      { thresholds: { lateAfter: 120, downAfter: 240, every: 1 }, names: DEFAULT_NAMES },
      () => minute + ahead,
    );
    const time = new Date(minute).toISOString().replace(".000", "");
    answers.push(await (async () => heartbeat(tickAt(time), CONTEXT))().catch((error) => error));
  }
  return answers;
};

describe("the function's clock", () => {
  test.each([
    ["right", 500],
    ["a day ahead", DAY],
    ["a minute and a half behind", -90_000],
  ])("%s: counts each minute of the events", async (_, ahead) => {
    const store = createMemoryStore();

    const answers = await beatBy(store, ahead);

    expect(answers).toEqual(MINUTES.map((minute) => ({ counted: true, minute: minuteAt(minute) })));
    expect(await store.count()).toBe(MINUTES.length);
  });

  test("a day ahead of another function's: counts no minute twice", async () => {
    const store = createMemoryStore();
    await beatBy(store, 500);

    const answers = await beatBy(store, DAY);

    expect(answers).toEqual(MINUTES.map((minute) => ({ counted: false, minute: minuteAt(minute) })));
    expect(await store.count()).toBe(MINUTES.length);
  });

  test("a day behind: throws an error with both times for each minute and counts none", async () => {
    const store = createMemoryStore();

    const answers = await beatBy(store, -DAY);

    expect(answers).toEqual(
      MINUTES.map(
        (minute) =>
          new TypeError(
            `event.time must not be over 2 minutes ahead of this function's clock, ${new Date(minute - DAY).toISOString()}: "${new Date(minute).toISOString().replace(".000", "")}"`,
          ),
      ),
    );
    expect(await store.count()).toBe(0);
  });
});

describe("when the clock of pulse is wrong", () => {
  const ROUTES = ["/", "/status", "/health", "/metrics", "/badge.svg", "/badge.json"];
  const HISTORIES = ["step=minute", "step=hour", "step=day"];
  const wrongBy = fc.oneof(
    fc.integer({ min: -3_600, max: 3_600 }).map((seconds) => seconds * 1_000),
    fc.integer({ min: -3, max: 3 }).map((days) => days * DAY),
  );

  test("no route fails or returns a negative number", async () => {
    await fc.assert(
      fc.asyncProperty(randomHistories, wrongBy, async ({ facts, now, rules }, wrong) => {
        const store = {
          ...createMemoryStore(),
          read: async (range: HistoryRange) => readerOf(facts)(range),
        };
        const handler = createPulseHandler(store, rules, DEFAULT_NAMES, () => now + wrong);
        const get = (path: string, rawQueryString = "") =>
          handler({ routeKey: `GET ${path}`, rawQueryString });

        for (const path of ROUTES) {
          const { statusCode, body = "" } = await get(path);
          const { status = statusCode } = path === "/health" ? JSON.parse(body) : {};
          expect([path, statusCode]).toEqual([path, status === "fail" ? 503 : 200]);
          expect(numbersIn(path, body).filter((number) => !(number >= 0))).toEqual([]);
        }
        for (const query of HISTORIES) {
          const { statusCode, body = "" } = await get("/beats/history", query);
          expect([query, statusCode]).toEqual([query, 200]);
          expect(numbersIn("/beats/history", body).filter((number) => !(number >= 0))).toEqual([]);
        }
        const { beats, expected, missed } = JSON.parse((await get("/status")).body ?? "");
        expect({ beats, expected }).toEqual({ beats: historyOf(facts).beats, expected: beats + missed });
      }),
      { numRuns: 60 },
    );
  });

  test("and before born, /status reports no missed minute", async () => {
    const born = fromIndex(START / 60_000);
    const facts = { born, beaten: MINUTES.map((time) => minuteAt(time)) };
    const store = { ...createMemoryStore(), read: async () => historyOf(facts) };
    const handler = createPulseHandler(
      store,
      { lateAfter: 120, downAfter: 240, every: 1 },
      DEFAULT_NAMES,
      () => START - 600_000,
    );

    const { body = "" } = await handler({ routeKey: "GET /status" });

    expect(JSON.parse(body)).toMatchObject({
      state: "up",
      beats: MINUTES.length,
      missed: 0,
      newest: { minute: minuteAt(START + 29 * 60_000), age: 0 },
    });
  });
});

/** All numbers of a reply; of a page or an image, those that are not part of a word. */
const numbersIn = (path: string, body: string): number[] => {
  const numbers: number[] = [];
  if (path === "/metrics") {
    for (const [, value] of body.matchAll(/^heartbeat_\S+ (\S+)$/gm)) numbers.push(Number(value));
  } else if (body.startsWith("{")) {
    JSON.parse(body, (_, value) => {
      if (typeof value === "number") numbers.push(value);
      return value;
    });
  } else {
    const text = body.replace(/<(script|style)[^>]*>[\s\S]*?<\/\1>/g, "").replace(/<[^>]*>/g, " ");
    for (const [number] of text.matchAll(/(?<![\w:.-])[-−]?\d+(?![\w:-])/g))
      numbers.push(Number(number.replace("−", "-")));
  }
  return numbers;
};
