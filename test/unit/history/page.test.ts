import { describe, expect, test } from "vitest";
import { historyPage, pageRange } from "../../../lib/history/page.ts";
import { toHistoryQuery } from "../../../lib/history/query.ts";
import { type Facts, minutesFrom, readerOf } from "../../support/fixtures/history.ts";

const RULES = { lateAfter: 120, downAfter: 240, every: 1 };

const at = (time: string, query: string, facts: Facts, rules = RULES) => {
  const now = Date.parse(`2026-11-${time}Z`);
  const historyQuery = toHistoryQuery(query, now);
  return historyPage(readerOf(facts)(pageRange(historyQuery, now, rules)), historyQuery, now, rules);
};

const m = (time: string) => `2026-11-23T${time}Z`;

/** Born at 20:00, with one older minute, three missed minutes (20:40 alone) and four paused ones. */
const LIFE: Facts = {
  born: m("20:00"),
  beaten: [
    [m("19:58"), 900_000],
    ...minutesFrom(m("20:00"), m("20:09")),
    ...minutesFrom(m("20:12"), m("20:39")),
    [m("20:41"), 1_200],
    [m("20:42"), 65_000],
    ...minutesFrom(m("20:47"), m("20:48")),
  ],
  pauses: [{ from: m("20:43"), to: m("20:46") }],
};

describe("a page of minutes", () => {
  test("has the state of each, newest first: beaten with its lateness, missed, covered, pending", () => {
    expect(at("23T20:49:30", "step=minute&limit=10&from=2026-11-23T20:30Z", LIFE)).toEqual({
      now: "2026-11-23T20:49:30Z",
      step: "minute",
      items: [
        { minute: m("20:49"), state: "pending", lateness: null },
        { minute: m("20:48"), state: "beaten", lateness: 48 },
        { minute: m("20:47"), state: "beaten", lateness: 48 },
        { minute: m("20:46"), state: "covered", lateness: null },
        { minute: m("20:45"), state: "covered", lateness: null },
        { minute: m("20:44"), state: "covered", lateness: null },
        { minute: m("20:43"), state: "covered", lateness: null },
        { minute: m("20:42"), state: "beaten", lateness: 65_000 },
        { minute: m("20:41"), state: "beaten", lateness: 1_200 },
        { minute: m("20:40"), state: "missed", lateness: null },
      ],
      next: "?step=minute&limit=10&from=2026-11-23T20:30Z&cursor=2026-11-23T20:40Z",
    });
  });

  test("has early and unborn minutes if from is before born", () => {
    const { items, next } = at(
      "23T20:49:30",
      "step=minute&from=2026-11-23T19:57Z&to=2026-11-23T20:00Z",
      LIFE,
    );

    expect({ items, next }).toEqual({
      items: [
        { minute: m("20:00"), state: "beaten", lateness: 48 },
        { minute: m("19:59"), state: "unborn", lateness: null },
        { minute: m("19:58"), state: "early", lateness: 900_000 },
        { minute: m("19:57"), state: "unborn", lateness: null },
      ],
      next: null,
    });
  });

  test("shows a minute as missed from the second at which it is due", () => {
    const newestAt = (second: string) =>
      at(`23T20:50:${second}`, "step=minute&limit=2", LIFE).items.map((item) => Object(item).state);

    expect([
      newestAt("59"),
      at("23T20:51:00", "step=minute&limit=3", LIFE).items.map((i) => Object(i).state),
    ]).toEqual([
      ["pending", "missed"],
      ["pending", "missed", "missed"],
    ]);
    expect(newestAt("00")).toEqual(["pending", "missed"]);
  });

  test("has no minute after now, even if one was counted by a clock that is ahead", () => {
    const facts = { ...LIFE, beaten: [...(LIFE.beaten ?? []), m("20:50"), m("20:51")] };

    expect(at("23T20:50:10", "step=minute&limit=1&to=2026-11-24", facts).items).toEqual([
      { minute: m("20:50"), state: "beaten", lateness: 48 },
    ]);
  });

  test("shows the minutes of an open pause as covered", () => {
    const facts = { ...LIFE, pauses: [{ from: m("20:49") }] };

    expect(at("23T20:51:30", "step=minute&limit=4", facts).items.map((item) => Object(item).state)).toEqual([
      ...["covered", "covered", "covered", "beaten"],
    ]);
  });
});

describe("a page of hours", () => {
  test("has the sums of each hour, back to born", () => {
    expect(at("23T21:02:30", "", LIFE)).toEqual({
      now: "2026-11-23T21:02:30Z",
      step: "hour",
      items: [
        { hour: m("21:00"), beats: 0, expected: 2, missed: 2, covered: 0, early: 0 },
        { hour: m("20:00"), beats: 42, expected: 56, missed: 14, covered: 4, early: 0 },
      ],
      next: null,
    });
  });

  test("goes back before born if from says so, and continues on the next page", () => {
    const { items, next } = at("23T20:49:30", "from=2026-11-23&limit=2", LIFE);

    expect({ items, next }).toEqual({
      items: [
        { hour: m("20:00"), beats: 42, expected: 45, missed: 3, covered: 4, early: 0 },
        { hour: m("19:00"), beats: 1, expected: 1, missed: 0, covered: 0, early: 1 },
      ],
      next: "?step=hour&limit=2&from=2026-11-23&cursor=2026-11-23T19:00Z",
    });
  });
});

describe("a page of days", () => {
  const DAYS: Facts = {
    born: "2026-11-20T23:50Z",
    beaten: [
      ["2026-11-19T10:00Z", 900_000],
      ["2026-11-20T10:00Z", 900_000],
      ...minutesFrom("2026-11-20T23:50Z", "2026-11-20T23:57Z"),
      ...minutesFrom("2026-11-21T00:00Z", "2026-11-21T11:59Z"),
      ...minutesFrom("2026-11-22T12:00Z", "2026-11-23T00:09Z"),
    ],
    pauses: [{ from: "2026-11-21T22:00Z", to: "2026-11-22T11:59Z" }],
  };

  test("has the sums of each day, today up to the current minute", () => {
    expect(at("23T00:11:30", "step=day&from=2026-11-18", DAYS)).toEqual({
      now: "2026-11-23T00:11:30Z",
      step: "day",
      items: [
        { day: "2026-11-23", beats: 10, expected: 11, missed: 1, covered: 0, early: 0 },
        { day: "2026-11-22", beats: 720, expected: 720, missed: 0, covered: 720, early: 0 },
        { day: "2026-11-21", beats: 720, expected: 1_320, missed: 600, covered: 120, early: 0 },
        { day: "2026-11-20", beats: 9, expected: 11, missed: 2, covered: 0, early: 1 },
        { day: "2026-11-19", beats: 1, expected: 1, missed: 0, covered: 0, early: 1 },
        { day: "2026-11-18", beats: 0, expected: 0, missed: 0, covered: 0, early: 0 },
      ],
      next: null,
    });
  });

  test("counts the last minutes of yesterday as missed only if they are due, and as covered if an open pause covers them", () => {
    const facts = {
      ...DAYS,
      beaten: minutesFrom("2026-11-22T12:00Z", "2026-11-22T23:50Z"),
      born: "2026-11-22T12:00Z",
    };
    const yesterday = (rules: typeof RULES, pauses: Facts["pauses"] = []) =>
      at("23T00:05:30", "step=day&to=2026-11-22", { ...facts, pauses }, rules).items[0];
    const sums = { day: "2026-11-22", beats: 711, covered: 0, early: 0 };

    expect(yesterday(RULES)).toEqual({ ...sums, expected: 720, missed: 9 });
    expect(yesterday({ lateAfter: 780, downAfter: 900, every: 1 })).toEqual({
      ...sums,
      expected: 714,
      missed: 3,
    });
    expect(yesterday(RULES, [{ from: "2026-11-22T23:55Z" }])).toEqual({
      ...{ ...sums, covered: 5 },
      ...{ expected: 715, missed: 4 },
    });
  });
});

describe("before the first beat", () => {
  test("a page has no items", () => {
    expect(at("23T20:49:30", "", {})).toEqual({
      now: "2026-11-23T20:49:30Z",
      step: "hour",
      items: [],
      next: null,
    });
  });

  test("a page with from has unborn minutes", () => {
    expect(at("23T20:49:30", "from=2026-11-23T20:00Z", {}).items).toEqual([
      { hour: m("20:00"), beats: 0, expected: 0, missed: 0, covered: 0, early: 0 },
    ]);
  });
});

test("a page without from has no items before born, down to the year 0", () => {
  for (const query of ["to=2018-08-20", "to=0000-01-01&step=minute&limit=1440", "step=day&to=0000-01-01"]) {
    expect(at("23T20:49:30", query, LIFE)).toMatchObject({ items: [], next: null });
  }
});

describe("the range that is read for a page", () => {
  const stretch = (query: string, rules = RULES) => {
    const now = Date.parse("2026-11-23T22:40:34.500Z");
    return pageRange(toHistoryQuery(query, now), now, rules);
  };
  const ever = { lateAfter: 604_798, downAfter: 604_800, every: 1 };

  test.each([
    ["step=minute", RULES, { minutes: { from: m("21:41"), to: m("22:40") } }],
    ["step=minute&limit=1440", RULES, { minutes: { from: "2026-11-22T22:41Z", to: m("22:40") } }],
    ["step=minute&from=2026-11-23T22:30Z", RULES, { minutes: { from: m("22:30"), to: m("22:40") } }],
    ["limit=168&from=2000-01-01", RULES, { minutes: { from: "2026-11-16T23:00Z", to: m("22:40") } }],
    ["cursor=2026-11-23T22:00Z&limit=1", RULES, { minutes: { from: m("21:00"), to: m("21:59") } }],
    [
      "step=minute&to=0000-01-01T00:10Z",
      RULES,
      { minutes: { from: "0000-01-01T00:00Z", to: "0000-01-01T00:10Z" } },
    ],
    [
      "step=day",
      RULES,
      { days: { from: "2026-10-25", to: "2026-11-23" }, minutes: { from: m("00:00"), to: m("22:40") } },
    ],
    ["step=day&limit=366&to=2026-11-22", RULES, { days: { from: "2025-11-22", to: "2026-11-22" } }],
    [
      "step=day&limit=366",
      ever,
      {
        days: { from: "2025-11-23", to: "2026-11-23" },
        minutes: { from: "2026-11-16T22:42Z", to: m("22:40") },
      },
    ],
    [
      "step=day&from=2026-11-18&to=2026-11-20",
      ever,
      {
        days: { from: "2026-11-18", to: "2026-11-20" },
        minutes: { from: "2026-11-18T00:00Z", to: "2026-11-20T23:59Z" },
      },
    ],
  ])("%j", (query, rules, expected) => {
    expect(stretch(query, rules)).toEqual(expected);
  });
});
