import { describe, expect, test } from "vitest";
import { defaultThresholds } from "../../../lib/domain/interval.ts";
import { toIndex } from "../../../lib/domain/minute.ts";
import { pulse } from "../../../lib/pulse/pulse.ts";
import { type Facts, historyOf, minutesFrom } from "../../support/fixtures/history.ts";

const RULES = { lateAfter: 120, downAfter: 240, every: 1 };
const at = (time: string, facts: Facts, rules = RULES) =>
  pulse(historyOf(facts), Date.parse(`2026-11-${time}Z`), rules);

const FAR = "9998-12-31T23:59Z";

/** A minute of 23 November 2026. */
const m = (time: string) => `2026-11-23T${time}Z`;
const beating = (from: string, to: string) => ({ born: m(from), beaten: minutesFrom(m(from), m(to)) });

describe("the snapshot", () => {
  test("has null values before the first beat", () => {
    const { series, ...actual } = at("23T22:40:10", {});

    expect(actual).toEqual({
      now: "2026-11-23T22:40:10Z",
      state: "new",
      since: null,
      born: null,
      ...{ beats: 0, expected: 0, missed: 0 },
      newest: null,
      ...{ nextDue: null, lateAt: null, downAt: null },
      last24h: {
        gaps: [],
        longestGap: null,
        streak: { minutes: 0, from: null, atLeast: false },
        lateness: null,
      },
      uptime: { "1h": null, "24h": null, "7d": null, "30d": null, "90d": null, all: null },
      rules: { lateAfter: 120, downAfter: 240 },
      interval: { minutes: 1, since: null },
      pause: null,
    });
  });

  test.each([
    [
      "an ended pause",
      { pauses: [{ from: m("22:41"), to: FAR }], covered: toIndex(FAR) - toIndex(m("22:40")) },
      "9999-01-01T00:01:00Z",
    ],
    ["the newest beat", { newest: FAR }, "2026-11-23T22:42:00Z"],
  ])("is computed without delay when %s is stored in the year 9998", (_, damage, nextDue) => {
    const history = { ...historyOf(beating("22:38", "22:40")), ...damage };

    const actual = pulse(history, Date.parse("2026-11-23T22:40:30Z"), RULES);

    expect(actual).toMatchObject({
      ...{ state: "up", beats: 3, missed: 0, nextDue },
      last24h: { streak: { minutes: 3, from: m("22:38"), atLeast: false } },
    });
  });

  test("has all fields when three minutes were missed, one of them alone", () => {
    const facts = {
      born: m("20:00"),
      beaten: [
        ...minutesFrom(m("20:00"), m("20:09")),
        ...minutesFrom(m("20:12"), m("20:39")),
        [m("20:41"), 1_200] as const,
        [m("20:42"), 65_000] as const,
      ],
    };

    const { series, ...actual } = at("23T20:42:30", facts);

    expect(actual).toEqual({
      now: "2026-11-23T20:42:30Z",
      state: "up",
      since: "2026-11-23T20:41:00Z",
      born: m("20:00"),
      ...{ beats: 40, expected: 43, missed: 3 },
      newest: { minute: m("20:42"), age: 30 },
      nextDue: "2026-11-23T20:44:00Z",
      ...{ lateAt: "2026-11-23T20:44:00Z", downAt: "2026-11-23T20:46:00Z" },
      last24h: {
        gaps: [
          { from: m("20:40"), to: m("20:40"), minutes: 1 },
          { from: m("20:10"), to: m("20:11"), minutes: 2 },
        ],
        longestGap: { from: m("20:10"), to: m("20:11"), minutes: 2 },
        streak: { minutes: 2, from: m("20:41"), atLeast: false },
        lateness: { p50: 48, p95: 48, max: 65_000 },
      },
      uptime: { "1h": 93.023, "24h": 93.023, "7d": 93.023, "30d": 93.023, "90d": 93.023, all: 93.023 },
      rules: { lateAfter: 120, downAfter: 240 },
      interval: { minutes: 1, since: "2026-11-23T20:00Z" },
      pause: null,
    });
  });
});

describe("the state", () => {
  const facts = beating("20:00", "22:40");

  test.each([
    ["22:40:00", "up", "20:00:00", 0, "22:42:00"],
    ["22:41:59", "up", "20:00:00", 0, "22:42:00"],
    ["22:42:00", "late", "22:42:00", 1, "22:43:00"],
    ["22:43:59", "late", "22:42:00", 2, "22:44:00"],
    ["22:44:00", "down", "22:44:00", 3, "22:45:00"],
    ["23:40:00", "down", "22:44:00", 59, "23:41:00"],
  ])(
    "at %s, with the newest beat at 22:40, is %s since %s with %i missed and the next due at %s",
    (now, ...expected) => {
      const { state, since, missed, nextDue } = at(`23T${now}`, facts);

      expect([state, since?.slice(11, 19), missed, nextDue?.slice(11, 19)]).toEqual(expected);
    },
  );

  test.each([
    ["22:42:29", "up", "20:00:00", 0],
    ["22:42:30", "late", "22:42:30", 1],
    ["22:49:59", "late", "22:42:30", 8],
    ["22:50:00", "down", "22:50:00", 8],
  ])("with thresholds of 150 and 600 seconds, at %s, is %s since %s with %i missed", (now, ...expected) => {
    const { state, since, missed } = at(`23T${now}`, facts, { lateAfter: 150, downAfter: 600, every: 1 });

    expect([state, since?.slice(11, 19), missed]).toEqual(expected);
  });

  test("is measured from born while only older minutes were counted", () => {
    const early = { born: m("22:40"), beaten: ["2018-08-20T14:38Z"] };
    const actual = ["22:40:30", "22:41:59", "22:42:00", "22:44:00"].map((now) => {
      const { state, since, beats, newest } = at(`23T${now}`, early);
      return [state, since?.slice(11, 19), beats, newest];
    });

    expect(actual).toEqual([
      ["up", "22:40:00", 1, null],
      ["up", "22:40:00", 1, null],
      ["late", "22:42:00", 1, null],
      ["down", "22:44:00", 1, null],
    ]);
  });

  test("is up again since the first beat after an outage", () => {
    const { state, since, missed } = at("23T22:50:05", {
      born: m("20:00"),
      beaten: [...facts.beaten, m("22:50")],
    });

    expect({ state, since, missed }).toEqual({ state: "up", since: "2026-11-23T22:50:00Z", missed: 9 });
  });

  test("a late arrival closes its gap and joins the adjacent streaks", () => {
    const gap = { born: m("20:00"), beaten: [...facts.beaten, m("22:42")] };
    const filled = { ...gap, beaten: [...gap.beaten, [m("22:41"), 125_000] as const] };

    const [before, after] = [at("23T22:43:10", gap), at("23T22:43:10", filled)];

    expect([before.missed, before.since, before.last24h.gaps.length]).toEqual([1, "2026-11-23T22:42:00Z", 1]);
    expect([after.missed, after.since, after.last24h.gaps.length]).toEqual([0, "2026-11-23T20:00:00Z", 0]);
  });
});

describe("a minute ahead of the clock", () => {
  test("counts, and is not expected before its time", () => {
    const { state, since, beats, expected, missed, newest, nextDue, uptime } = at("23T22:40:05", {
      born: m("22:40"),
      beaten: [m("22:42")],
    });

    expect({ state, since, beats, expected, missed, newest, nextDue }).toEqual({
      ...{ state: "up", since: "2026-11-23T22:40:05Z", beats: 1, expected: 1, missed: 0 },
      ...{ newest: { minute: m("22:42"), age: 0 }, nextDue: "2026-11-23T22:41:00Z" },
    });
    expect(uptime).toEqual({ "1h": null, "24h": null, "7d": null, "30d": null, "90d": null, all: null });
  });

  test("does not hide that the minutes before it are missed", () => {
    const { state, missed, last24h } = at("23T22:42:05", { born: m("22:40"), beaten: [m("22:42")] });

    expect([state, missed, last24h.gaps]).toEqual([
      "up",
      2,
      [{ from: m("22:40"), to: m("22:41"), minutes: 2 }],
    ]);
  });
});

test("a minute before born counts as a beat and affects no statistics", () => {
  const old = [
    [m("19:58"), 9_000_000],
    ["2018-08-20T14:38Z", 260_000_000_000],
  ] as const;
  const { born, beaten } = beating("20:00", "20:09");
  const without = at("23T20:09:30", { born, beaten });

  const withOld = at("23T20:09:30", { born, beaten: [...beaten, ...old] });

  expect(withOld).toEqual({ ...without, beats: 12, expected: 12 });
});

describe("the last 24 hours", () => {
  const always = { born: "2026-11-01T00:00Z", beaten: minutesFrom("2026-11-21T00:00Z", m("22:40")) };

  test("have 1,440 minutes, the current one included; a longer streak is a lower bound", () => {
    expect(at("23T22:40:30", always).last24h.streak).toEqual({
      minutes: 1_440,
      from: "2026-11-22T22:41Z",
      atLeast: true,
    });
  });

  test("have the exact streak if it began with the first beat", () => {
    expect(at("23T22:40:30", beating("00:00", "22:40")).last24h.streak).toEqual({
      minutes: 1_361,
      from: m("00:00"),
      atLeast: false,
    });
  });

  test("cut a gap at their start", () => {
    const { state, since, last24h, uptime } = at("25T22:40:30", beating("20:00", "22:40"));

    expect([state, since]).toEqual(["down", "2026-11-23T22:44:00Z"]);
    expect(last24h.longestGap).toEqual({
      from: "2026-11-24T22:41Z",
      to: "2026-11-25T22:39Z",
      minutes: 1_439,
    });
    expect(last24h.streak).toEqual({ minutes: 0, from: null, atLeast: false });
    expect([uptime["1h"], uptime["24h"]]).toEqual([0, 0]);
  });

  test("have the newest of equally long gaps as the longest", () => {
    const beaten = [m("20:00"), m("20:02"), m("20:04")];

    expect(at("23T20:04:10", { born: m("20:00"), beaten }).last24h.longestGap?.from).toBe(m("20:03"));
  });

  test.each([
    [[7], { p50: 7, p95: 7, max: 7 }],
    [[4, 3, 2, 1], { p50: 2, p95: 4, max: 4 }],
    [Array.from({ length: 100 }, (_, n) => n + 1), { p50: 50, p95: 95, max: 100 }],
  ])("have the nearest-rank percentiles of %j", (lateness, expected) => {
    const minutes = minutesFrom(m("20:00"), m("21:39"));
    const beaten = lateness.map((ms, n) => [minutes[n] ?? "", ms] as const);

    expect(at("23T21:40:00", { born: m("20:00"), beaten }).last24h.lateness).toEqual(expected);
  });
});

describe("the series", () => {
  test("of 60 minutes has the mark of each, the current minute last", () => {
    const { series } = at("23T20:42:30", {
      born: m("19:43"),
      beaten: [m("19:43"), ...minutesFrom(m("19:45"), m("20:29")), m("20:41")],
      pauses: [{ from: m("20:30"), to: m("20:40") }],
    });

    expect(series.minutes).toEqual({
      from: m("19:43"),
      marks: [
        ...["beaten", "missed"],
        ...Array(45).fill("beaten"),
        ...Array(11).fill("covered"),
        ...["beaten", "pending"],
      ],
    });
  });

  test("of 60 minutes has null before born", () => {
    expect(at("23T20:42:30", beating("20:42", "20:42")).series.minutes.marks).toEqual([
      ...Array(59).fill(null),
      "beaten",
    ]);
  });

  test("of 24 clock hours has the counted and missed minutes of each", () => {
    const { series } = at("23T20:42:30", beating("18:30", "20:39"));

    expect([series.hours.length, series.hours[0]?.from]).toEqual([24, "2026-11-22T21:00Z"]);
    expect(series.hours.slice(-4)).toEqual([
      { from: m("17:00"), beaten: 0, missed: 0, covered: 0 },
      { from: m("18:00"), beaten: 30, missed: 0, covered: 0 },
      { from: m("19:00"), beaten: 60, missed: 0, covered: 0 },
      { from: m("20:00"), beaten: 40, missed: 2, covered: 0 },
    ]);
  });

  test("of 90 days has the counted and missed minutes of each", () => {
    const { series } = at("23T00:10:30", {
      born: "2026-11-21T12:00Z",
      beaten: [...minutesFrom("2026-11-21T12:00Z", "2026-11-22T23:49Z"), "2026-11-23T00:10Z"],
    });

    expect([series.days.length, series.days[0]?.from]).toEqual([90, "2026-08-26"]);
    expect(series.days.slice(-4)).toEqual([
      { from: "2026-11-20", beaten: 0, missed: 0, covered: 0 },
      { from: "2026-11-21", beaten: 720, missed: 0, covered: 0 },
      { from: "2026-11-22", beaten: 1_430, missed: 10, covered: 0 },
      { from: "2026-11-23", beaten: 1, missed: 10, covered: 0 },
    ]);
  });
});

describe("the series during pauses", () => {
  test("has the minutes that ended pauses cover in each hour and day, the day of the pause included", () => {
    const { series } = at("23T20:42:30", {
      born: "2026-11-21T23:00Z",
      beaten: [
        ...minutesFrom("2026-11-21T23:00Z", "2026-11-22T21:59Z"),
        ...minutesFrom(m("19:30"), m("20:42")),
      ],
      pauses: [{ from: "2026-11-22T22:00Z", to: m("19:29") }],
    });

    expect(series.days.slice(-3)).toEqual([
      { from: "2026-11-21", beaten: 60, missed: 0, covered: 0 },
      { from: "2026-11-22", beaten: 1_320, missed: 0, covered: 120 },
      { from: "2026-11-23", beaten: 73, missed: 0, covered: 1_170 },
    ]);
    expect(series.hours.slice(-3)).toEqual([
      { from: m("18:00"), beaten: 0, missed: 0, covered: 60 },
      { from: m("19:00"), beaten: 30, missed: 0, covered: 30 },
      { from: m("20:00"), beaten: 43, missed: 0, covered: 0 },
    ]);
  });

  test("has the minutes that an open pause covers up to now", () => {
    const { series } = at("23T20:42:30", {
      born: "2026-11-22T20:00Z",
      beaten: minutesFrom("2026-11-22T20:00Z", "2026-11-22T21:59Z"),
      pauses: [{ from: "2026-11-22T22:00Z" }],
    });

    expect(series.days.slice(-2)).toEqual([
      { from: "2026-11-22", beaten: 120, missed: 0, covered: 120 },
      { from: "2026-11-23", beaten: 0, missed: 0, covered: 1_243 },
    ]);
    expect(series.hours.at(-1)).toEqual({ from: m("20:00"), beaten: 0, missed: 0, covered: 43 });
  });
});

describe("uptime", () => {
  test.each([
    ["60 minutes, of which this one may still come", "1h", m("21:41"), 30, 50.847],
    ["1,440 minutes, of which this one may still come", "24h", "2026-11-22T22:41Z", 1_080, 75.052],
    ["today and the 6 days before", "7d", "2026-11-17T00:00Z", 1_000, 10],
    ["today and the 29 days before", "30d", "2026-10-25T00:00Z", 1_000, 2.319],
    ["today and the 89 days before", "90d", "2026-08-26T00:00Z", 1_000, 0.772],
  ] as const)("of %s", (_, window, from, beats, percent) => {
    const beaten = minutesFrom(from, m("22:40")).slice(0, beats);

    expect(at("23T22:40:30", { born: "2026-01-01T00:00Z", beaten }).uptime[window]).toBe(percent);
  });

  test("of 7 days begins at midnight, 6 days ago", () => {
    const beaten = minutesFrom("2026-11-16T00:00Z", "2026-11-17T00:00Z");

    // 6 whole days, and 00:00 of the seventh, in which one minute was counted.
    expect(at("23T00:01:00", { born: "2026-11-01T00:00Z", beaten }).uptime["7d"]).toBe(
      Math.floor(100_000 / (6 * 1_440 + 1)) / 1_000,
    );
  });

  test("does not count a pending minute of the previous day as missed", () => {
    const { born, beaten } = {
      born: "2026-11-22T23:00Z",
      beaten: minutesFrom("2026-11-22T23:00Z", "2026-11-22T23:58Z"),
    };

    const { missed, uptime } = at(
      "23T00:00:30",
      { born, beaten },
      { lateAfter: 180, downAfter: 240, every: 1 },
    );

    expect([missed, uptime["7d"], uptime["all"]]).toEqual([0, 100, 100]);
  });

  test("is 100 only if nothing was missed", () => {
    const minutes = minutesFrom("2026-08-26T00:00Z", m("22:40"));
    const { uptime } = at("23T22:40:30", { born: "2026-08-26T00:00Z", beaten: minutes.toSpliced(9, 1) });

    expect([uptime["24h"], uptime["90d"], uptime["all"]]).toEqual([100, 99.999, 99.999]);
  });
});

describe("a pause", () => {
  const facts = beating("20:00", "22:40");

  test.each([
    ["new", {}],
    ["up", facts],
    ["down", beating("10:00", "11:00")],
  ])("outranks %s, and no minute is due", (_, before) => {
    const { state, since, ...actual } = at("23T22:59:00", { ...before, pauses: [{ from: m("22:41") }] });

    expect({ state, since }).toEqual({ state: "paused", since: "2026-11-23T22:41:00Z" });
    expect(actual).toMatchObject({
      ...{ nextDue: null, lateAt: null, downAt: null },
    });
  });

  test("covers minutes that are neither expected nor missed, and does not end the streak", () => {
    const pauses = [{ from: m("22:41"), to: m("22:50") }];

    const actual = at("23T22:51:30", { ...facts, beaten: [...facts.beaten, m("22:51")], pauses });

    expect(actual).toMatchObject({
      ...{ state: "up", since: "2026-11-23T20:00:00Z", beats: 162, expected: 162, missed: 0 },
      last24h: { gaps: [], streak: { minutes: 162, from: m("20:00"), atLeast: false } },
      uptime: { "1h": 100, "24h": 100, "7d": 100, all: 100 },
    });
  });

  test("ends with the minute from which ages are measured", () => {
    const pauses = [{ from: m("22:41"), to: m("22:50") }];
    const actual = ["22:50:20", "22:51:59", "22:52:00", "22:54:00"].map((now) => {
      const { state, since, missed, nextDue } = at(`23T${now}`, { ...facts, pauses });
      return [state, since?.slice(11, 19), missed, nextDue?.slice(11, 19)];
    });

    expect(actual).toEqual([
      ["up", "20:00:00", 0, "22:52:00"],
      ["up", "20:00:00", 0, "22:52:00"],
      ["late", "22:52:00", 1, "22:53:00"],
      ["down", "22:54:00", 3, "22:55:00"],
    ]);
  });

  test("during an outage leaves the minutes missed that it does not cover", () => {
    const pauses = [{ from: m("22:45"), to: m("22:49") }];

    const { state, since, missed, last24h } = at("23T22:50:30", { ...facts, pauses });

    expect([state, since, missed]).toEqual(["up", "2026-11-23T22:49:00Z", 4]);
    expect(last24h.gaps).toEqual([{ from: m("22:41"), to: m("22:44"), minutes: 4 }]);
  });

  test("over several days keeps the expected minutes of each day and in total exact", () => {
    const pauses = [{ from: "2026-11-20T12:00Z", to: "2026-11-22T11:59Z" }];
    const beaten = [
      ...minutesFrom("2026-11-20T00:00Z", "2026-11-20T11:58Z"),
      ...minutesFrom("2026-11-22T12:00Z", m("22:40")),
    ];

    const { expected, missed, uptime } = at("23T22:40:30", { born: "2026-11-20T00:00Z", beaten, pauses });

    expect([expected, missed]).toEqual([2_801, 1]);
    expect([uptime["24h"], uptime["7d"], uptime["all"]]).toEqual([100, 99.964, 99.964]);
  });

  test("makes the uptime null of a window that it covers completely", () => {
    const { uptime } = at("25T23:59:30", { ...facts, pauses: [{ from: m("22:41") }] });

    expect([uptime["1h"], uptime["24h"], uptime["7d"]]).toEqual([null, null, 100]);
  });
});

test("a change of the interval makes nextDue null until its first beat, and late and down follow its thresholds", () => {
  const facts = beating("20:00", "22:40");

  const { state, interval, missed, nextDue, lateAt, downAt } = at("23T22:46:30", facts, {
    ...defaultThresholds(5),
    every: 5,
  });

  expect({ state, interval, missed, nextDue, lateAt, downAt }).toEqual({
    state: "up",
    interval: { minutes: 1, since: m("20:00") },
    missed: 0,
    nextDue: null,
    lateAt: "2026-11-23T22:50:30Z",
    downAt: "2026-11-23T23:00:30Z",
  });
});
