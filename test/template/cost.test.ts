import { readFileSync } from "node:fs";
import { describe, expect, inject, test } from "vitest";
import type { HistoryRange, PastRange } from "../../lib/domain/beat-store.ts";
import { fromIndex, toIndex } from "../../lib/domain/minute.ts";
import { routeFor } from "../../lib/http/routes/routes.ts";
import { DEFAULT_NAMES } from "../../lib/service/names.ts";
import { readFunctions, readTemplate } from "../support/aws/template.ts";
import { DOCUMENTED } from "../support/fixtures/declared-routes.ts";
import { minutesFrom, pastReaderOf, readerOf } from "../support/fixtures/history.ts";

const template = readTemplate(inject("packages").dev);
const { DefaultRouteSettings, RouteSettings } = template.Resources["HttpApiStage"]?.Properties ?? {};
const routes = readFunctions(inject("packages").dev)
  .filter(([name]) => DOCUMENTED.includes(name))
  .flatMap(([, { events }]) => events.flatMap(({ httpApi = [] }) => httpApi));

const MILLIONS_OF_SECONDS_A_MONTH = 2.628; // 730 h
/** Cost of a million requests: API, Lambda requests, Lambda time (20 ms, 256 MB), 1.2 kB of logs. */
const EACH = 1 + 0.2 + 0.07 + 0.6;
const READ_UNIT = 0.125;
const KB_OUT = 0.09;

/** Upper bounds: the size of the reply with its headers, and the read units of a request. */
const LIMITS: Record<string, { kB: number; units: number }> = {
  "/ping": { kB: 0.5, units: 0 },
  "/beats": { kB: 0.5, units: 1 },
  "/status": { kB: 60, units: 3 },
  // Units: a snapshot, 10 days of the largest rows, and 100 pauses.
  "/": { kB: 33, units: 53 },
  "/feed.atom": { kB: 60, units: 53 },
  "/health": { kB: 2, units: 3 },
  "/metrics": { kB: 5, units: 3 },
  "/badge.svg": { kB: 3, units: 3 },
  "/badge.json": { kB: 2, units: 3 },
  "/beats/history": { kB: 110, units: 29 },
  "/openapi.json": { kB: 50, units: 0 },
};
const HEADERS_KB = 1;

const costOf = (route: string) => {
  const [method, path = ""] = route.split(" ");
  const rate: number = (RouteSettings[route] ?? DefaultRouteSettings).ThrottlingRateLimit;
  const { kB: largest = NaN, units = NaN } = LIMITS[path] ?? {};
  const kB = method === "HEAD" ? Math.min(largest, HEADERS_KB) : largest;
  const perMillion = EACH + units * READ_UNIT + kB * KB_OUT;
  return { route, rate, kB, units, perMillion, perMonth: rate * MILLIONS_OF_SECONDS_A_MONTH * perMillion };
};

describe("the highest cost of requests", () => {
  const doc = readFileSync("docs/costs.md", "utf8").replaceAll(/\s+/g, " ");
  const costs = routes.map(costOf);
  const sum = costs.reduce((total, { perMonth }) => total + perMonth, 0);

  test.each(costs)("docs/costs.md states the cost of $route", (cost) => {
    const { route, rate, kB, units, perMillion, perMonth } = cost;

    expect(kB, `add the largest reply and the read units of ${route} to LIMITS`).not.toBeNaN();
    const row = `| \`${route}\` | ${rate} | ${kB} | ${units} | ${perMillion.toFixed(2)} | ${perMonth.toFixed(1)} |`;
    expect(doc.includes(row), `write this row in docs/costs.md: ${row}`).toBe(true);
  });

  test("docs/costs.md states the sum", () => {
    const row = `| **sum** | | | | | **${sum.toFixed(1)}** |`;
    expect(doc.includes(row), `write this row in docs/costs.md: ${row}`).toBe(true);
    expect(sum).toBeLessThan(400);
  });

  test("docs/costs.md states the cost of a route of another function", () => {
    const monthly = (perMillion: number, digits: number) =>
      (DefaultRouteSettings.ThrottlingRateLimit * MILLIONS_OF_SECONDS_A_MONTH * perMillion).toFixed(digits);

    expect(doc).toContain(
      `at most $${monthly(EACH, 1)} a month, plus $${monthly(KB_OUT, 2)} for each kB of its reply and $${monthly(READ_UNIT, 2)} for each read unit`,
    );
  });

  test("no route has a limit of 0, which API Gateway reads as no limit", () => {
    for (const settings of [DefaultRouteSettings, ...Object.values(RouteSettings)])
      expect(settings).toEqual({
        ThrottlingRateLimit: expect.any(Number),
        ThrottlingBurstLimit: 5,
        DetailedMetricsEnabled: false,
      });
  });
});

describe("a reply is at most as large as the calculation assumes", () => {
  // Every second minute is missed, for the largest number of gaps. The pause has the longest reason, all to be escaped.
  const newest = toIndex("2026-11-23T22:40Z");
  const minutes = minutesFrom("2026-08-01T00:00Z", fromIndex(newest)).filter((_, n) => n % 2 === 1);
  const facts = {
    born: "2026-08-01T00:00Z",
    beaten: minutes.map((minute) => [minute, 9_999_999_999] as const),
    pauses: [{ from: "2026-11-23T22:41Z", reason: "&".repeat(200) }],
  };
  const store = {
    read: async (range: HistoryRange) => ({ ...readerOf(facts)(range), beats: 12_345_678 }),
    past: async (range: PastRange) => ({
      ...(await pastReaderOf(facts)(range)),
      // Each with the longest reason, all to be escaped.
      pauses: minutesFrom("2026-11-22T01:01Z", "2026-11-22T03:00Z")
        .filter((_, n) => n % 2 === 0)
        .map((minute) => ({ from: minute, to: minute, reason: "&".repeat(200) })),
    }),
  };
  const question = {
    store,
    stage: { lateAfter: 120, downAfter: 240, every: 1 },
    now: newest * 60_000 + 34_000,
    names: DEFAULT_NAMES,
  };

  test.each([
    ["GET /status", ""],
    ["GET /", ""],
    ["GET /", "day=2026-11-22"],
    ["GET /feed.atom", ""],
    ["GET /health", ""],
    ["GET /metrics", ""],
    ["GET /badge.svg", ""],
    ["GET /badge.json", ""],
    ["GET /beats/history", "step=minute&limit=1440"],
    ["GET /beats/history", "step=hour&limit=168"],
    ["GET /beats/history", "step=day&limit=366"],
    ["GET /openapi.json", ""],
  ])("%s?%s", async (route, query) => {
    const { headers, body = "" } = await routeFor(route).render({ ...question, path: "/", query });

    if (route === "GET /") expect(Buffer.byteLength(body)).toBeLessThanOrEqual(32_000);
    const kB = (Buffer.byteLength(body) + JSON.stringify(headers).length) / 1_000;
    expect(kB).toBeLessThan(LIMITS[route.replace("GET ", "")]?.kB ?? 0);
    expect(JSON.stringify(headers).length).toBeLessThan(HEADERS_KB * 1_000);
  });
});
