import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import event from "../../../events/pulse.json" with { type: "json" };
import { MalformedRowError, StoreUnavailableError } from "../../../lib/domain/errors.ts";
import { DEFAULT_NAMES } from "../../../lib/service/names.ts";
import { createMemoryStore } from "../../support/fakes/memory-store.ts";
import { type Facts, historyOf, minutesFrom } from "../../support/fixtures/history.ts";
import { NASTY, NASTY_IN_BADGE, NASTY_IN_METRICS, PLAIN, readAs } from "../../support/fixtures/reasons.ts";

// The module opens a store and reads from it when it is loaded.
vi.doMock("../../../lib/dynamodb/open.ts", () => ({ openBeatStore: createMemoryStore }));

import { createPulseHandler } from "../../../handlers/factories/pulse.ts";

const BEATEN: Facts = {
  born: "2026-11-23T20:00Z",
  beaten: [
    ...minutesFrom("2026-11-23T20:00Z", "2026-11-23T22:29Z"),
    "2026-11-23T22:38Z",
    "2026-11-23T22:39Z",
  ],
};
const PAUSED: Facts = { ...BEATEN, pauses: [{ from: "2026-11-23T22:40Z" }] };

const read = async (path: string, facts: Facts | Error, time = "22:40:00", headers = {}) => {
  const readFacts = async () => {
    if (facts instanceof Error) throw facts;
    return historyOf(facts);
  };
  const handler = createPulseHandler(
    { ...createMemoryStore(), read: readFacts },
    { lateAfter: 120, downAfter: 240, every: 1 },
    DEFAULT_NAMES,
    () => Date.parse(`2026-11-23T${time}Z`),
  );
  return handler({ ...event, headers, routeKey: `GET ${path}` });
};
const readJson = async (...args: Parameters<typeof read>) => JSON.parse((await read(...args)).body ?? "");

/** The values of /metrics by the name of their series. */
const readSeries = async (facts: Facts, time: string) => {
  const { body = "" } = await read("/metrics", facts, time);
  const lines = body.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return Object.fromEntries(lines.map((line) => [line.split(" ")[0], Number(line.split(" ")[1])]));
};

/** The parts of the message of a badge. */
const wordsOf = (message = "") => {
  const { state, percent, day, time } =
    /^(?<state>\w+)(, (?<percent>[\d.]+) % in 24 h|, no beat yet| since (?<day>\S+) (?<time>\S+) UTC)$/.exec(
      message,
    )?.groups ?? {};
  return {
    state,
    percent: percent === undefined ? undefined : Number(percent),
    since: day === undefined ? undefined : `${day}T${time}`,
  };
};

describe.each([
  ["new", {}, "22:40:00", "warn"],
  ["up", BEATEN, "22:40:30", "pass"],
  ["late", BEATEN, "22:41:00", "warn"],
  ["down", BEATEN, "22:59:59", "fail"],
  ["paused", PAUSED, "23:30:00", "pass"],
])("a snapshot in state %s", (state, facts, time, health) => {
  test("has the same state in each format", async () => {
    const actual = {
      status: (await readJson("/status", facts, time)).state,
      health: (await readJson("/health", facts, time)).status,
      metrics: Object.entries(await readSeries(facts, time))
        .filter(([name, value]) => name.startsWith("heartbeat_state{") && value === 1)
        .map(([name]) => name),
      up: (await readSeries(facts, time))["heartbeat_up"],
      badge: wordsOf((await readJson("/badge.json", facts, time)).message).state,
    };

    expect(actual).toEqual({
      status: state,
      health,
      metrics: [`heartbeat_state{state="${state}"}`],
      up: state === "up" ? 1 : 0,
      badge: state,
    });
  });

  test("has the same numbers and times in each format", async () => {
    const status = await readJson("/status", facts, time);
    const health = await readJson("/health", facts, time);
    const series = await readSeries(facts, time);
    const badge = wordsOf((await readJson("/badge.json", facts, time)).message);

    const seconds = (moment: string | null) => (moment === null ? undefined : Date.parse(moment) / 1_000);
    const { p50, p95, max } = status.last24h.lateness ?? {};
    expect(series).toMatchObject({
      heartbeat_beats_total: status.beats,
      heartbeat_expected_beats: status.expected,
      heartbeat_missed_beats: status.missed,
      heartbeat_late_after_seconds: status.rules.lateAfter,
      heartbeat_down_after_seconds: status.rules.downAfter,
    });
    expect({
      since: series["heartbeat_state_since_timestamp_seconds"],
      born: series["heartbeat_born_timestamp_seconds"],
      newest: series["heartbeat_last_beat_timestamp_seconds"],
      lateness: ["50", "95", "100"].map((p) => series[`heartbeat_lateness_seconds{percentile="${p}"}`]),
    }).toEqual({
      since: seconds(status.since),
      born: seconds(status.born),
      newest: seconds(status.newest?.minute ?? null),
      lateness: [p50, p95, max].map((ms) => (ms === undefined ? undefined : ms / 1_000)),
    });
    for (const [window, percent] of Object.entries<number | null>(status.uptime)) {
      const ratio = series[`heartbeat_uptime_ratio{window="${window}"}`];
      expect(ratio === undefined ? null : Number((ratio * 100).toFixed(3))).toBe(percent);
    }
    expect(health.notes).toEqual([status.since === null ? "no beat yet" : `${state} since ${status.since}`]);
    expect(health.checks?.["heart:age"][0].observedValue).toBe(status.newest?.age);
    expect(badge).toEqual({
      state,
      percent: state === "up" ? status.uptime["24h"] : undefined,
      since: state === "up" ? undefined : status.since?.slice(0, 16),
    });
  });

  test("has the same text and color in /badge.svg and /badge.json", async () => {
    const { message, color } = await readJson("/badge.json", facts, time);

    const { body } = await read("/badge.svg", facts, time);

    expect(body).toContain(`aria-label="heartbeat: ${message}"`);
    expect(body).toContain(`>${message}</text>`);
    expect(body).toContain(`fill="${color}"`);
  });
});

test.each([
  ["a plain reason", PLAIN, PLAIN, PLAIN],
  ["a nasty reason", NASTY, NASTY_IN_BADGE, NASTY_IN_METRICS],
])(
  "each format shows %s of an open pause, and none of an ended one",
  async (_, reason, inBadge, inMetrics) => {
    const open = { ...BEATEN, pauses: [{ from: "2026-11-23T22:40Z", reason }] };
    const ended = { ...BEATEN, pauses: [{ from: "2026-11-23T22:40Z", to: "2026-11-23T22:41Z" }] };
    const reported = async (facts: Facts) => ({
      status: (await readJson("/status", facts)).pause?.reason,
      health: (await readJson("/health", facts)).notes[1],
      metrics: /^heartbeat_pause_info\{reason="(.*)"\} 1$/m.exec(
        (await read("/metrics", facts)).body ?? "",
      )?.[1],
      badge: (await readJson("/badge.json", facts)).message.split(" UTC: ")[1],
      picture: /<title>.*? UTC: (.*)<\/title>/.exec((await read("/badge.svg", facts)).body ?? "")?.[1],
      page: / on purpose: (.*?)<\/p>/.exec((await read("/", facts)).body ?? "")?.[1],
    });

    const { picture, page, ...others } = await reported(open);

    expect({ ...others, picture: readAs(picture), page: readAs(page) }).toEqual({
      ...{ status: reason, health: `paused: ${reason}`, metrics: inMetrics },
      ...{ badge: inBadge, picture: inBadge, page: reason },
    });
    expect(await reported(ended)).toEqual({});
  },
);

describe("when the snapshot cannot be read", () => {
  let logged: unknown[];
  beforeEach(() => {
    logged = [];
    vi.spyOn(console, "error").mockImplementation((line) => logged.push(line));
  });
  afterEach(() => vi.restoreAllMocks());

  describe.each([
    [503, new StoreUnavailableError("the history could not be read", new Error("secret-table is gone"))],
    [500, new MalformedRowError("row live: beats has an unexpected value: -1")],
  ])("with %i", (status, fault) => {
    test.each([
      ["/status", "application/problem+json"],
      ["/health", "application/health+json"],
      ["/metrics", "application/problem+json"],
      ["/badge.svg", "image/svg+xml"],
      ["/badge.json", "application/problem+json"],
    ])("%s returns %s with no-store and logs the cause", async (path, type) => {
      const reply = await read(path, fault, "22:40:00", { "if-none-match": "*" });

      expect(reply.statusCode).toBe(status);
      expect(reply.headers).toEqual({
        "content-type": type,
        "cache-control": "no-store",
        ...(status === 503 ? { "retry-after": "10" } : {}),
      });
      expect(reply.body).not.toMatch(/secret-table|live|error:/i);
      expect(logged).toEqual([{ error: expect.stringContaining(fault.message) }]);
    });

    test("/openapi.json returns 200", async () => {
      expect((await read("/openapi.json", fault)).statusCode).toBe(200);
      expect(logged).toEqual([]);
    });
  });
});

describe("a request with If-None-Match", () => {
  test.each(["/badge.svg", "/badge.json", "/openapi.json"])(
    "of %s returns 304 until the body changes",
    async (path) => {
      const first = await read(path, BEATEN, "22:40:00");
      const known = { "if-none-match": String(first.headers?.["etag"]) };

      const again = await read(path, BEATEN, "22:40:59", known);
      const later = await read(path, BEATEN, "22:41:00", known);

      expect(again.statusCode).toBe(304);
      expect(later.statusCode).toBe(path === "/openapi.json" ? 304 : 200);
    },
  );

  test.each(["/status", "/health", "/metrics"])("of %s, which has no ETag, returns 200", async (path) => {
    const { statusCode, headers } = await read(path, BEATEN, "22:40:00", { "if-none-match": "*" });

    expect(statusCode).toBe(200);
    expect(headers).toEqual({ "content-type": expect.any(String), "cache-control": "no-store" });
  });
});
