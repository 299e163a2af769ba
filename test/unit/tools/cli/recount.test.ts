import fc from "fast-check";
import { expect, test } from "vitest";
import { toHistory, toLive, toSettings } from "../../../../lib/dynamodb/table/rows.ts";
import { recount } from "../../../../tools/cli/audit/recount.ts";

const NOW = Date.parse("2026-11-24T12:00:00Z");

const EVERYTHING = { minutes: { from: "2026-01-01T00:00Z" }, days: { from: "2026-01-01" } };

const sound = () =>
  new Map<string, Record<string, unknown>>([
    ["hour#2026-10-31T12", { "00": 2_025_610_000 }],
    ["hour#2026-11-23T22", { 39: 90_000, 40: 20_000, 41: 48 }],
    ["live", { beats: 4, born: "2026-11-23T22:40Z", newest: "2026-11-23T22:41Z", early: 2 }],
    ["month#2026-10", { 31: 1, early31: 1 }],
    ["month#2026-11", { 23: 3, early23: 1 }],
  ]);

/** First beat in the last minute of a pause, then a pause without a minute, one over midnight, and an open one. */
const paused = () => {
  const rows = sound();
  rows.set("hour#2026-11-23T22", { 41: 48, 42: 48 });
  rows.set("live", {
    ...{ beats: 3, born: "2026-11-23T22:40Z", newest: "2026-11-23T22:42Z", early: 1 },
    ...{ pausedFrom: "2026-11-24T06:00Z", openFrom: "9999-12-31T23:59Z" },
  });
  rows.set("live#rules", {
    ...{ version: 7, time: "2026-11-24T06:00:02.000Z", requestId: "one", by: "ann", lateAfter: 180 },
    ...{ covered: 91, pausedBy: 7 },
    pauses: [
      { from: "2026-11-23T22:38Z", to: "2026-11-23T22:40Z" },
      { from: "2026-11-23T23:00Z", to: "2026-11-24T00:29Z" },
      { from: "2026-11-24T06:00Z", reason: "upgrade" },
    ],
  });
  rows.set("month#2026-11", { 23: 2, covered23: 61, covered24: 30 });
  rows.set("pause#2026-11-23T22:38Z#000001", { to: "2026-11-23T22:40Z", reason: "before the first beat" });
  rows.set("pause#2026-11-23T22:43Z#000003", { to: "2026-11-23T22:42Z", reason: "by mistake" });
  rows.set("pause#2026-11-23T23:00Z#000005", { to: "2026-11-24T00:29Z", reason: "the night" });
  rows.set("pause#2026-11-24T06:00Z#000007", { reason: "upgrade", requestId: "one", by: "ann" });
  return rows;
};

const change = (rows: ReturnType<typeof sound>, row: string, attribute: string, value: unknown) => {
  rows.set(row, { ...rows.get(row), [attribute]: value });
  if (value === undefined) delete rows.get(row)?.[attribute];
  return rows;
};

test("finds no difference in an empty table", () => {
  expect(recount(new Map(), NOW)).toEqual({ minutes: 0, differences: [], faults: [] });
});

test("finds no difference when the sums match the marked minutes", () => {
  expect(recount(sound(), NOW)).toEqual({ minutes: 4, differences: [], faults: [] });
});

test("finds no difference when the first minute is also the newest", () => {
  const rows = new Map<string, Record<string, unknown>>([
    ["hour#2026-11-23T22", { 40: 48 }],
    ["live", { beats: 1, born: "2026-11-23T22:40Z", newest: "2026-11-23T22:40Z" }],
    ["month#2026-11", { 23: 1 }],
  ]);

  expect(recount(rows, NOW)).toEqual({ minutes: 1, differences: [], faults: [] });
});

test("ignores attributes that are not sums", () => {
  const rows = change(sound(), "live", "note", "kept");

  expect(recount(rows, NOW)).toEqual({ minutes: 4, differences: [], faults: [] });
});

test("finds no difference when the sums of the pauses match the pauses", () => {
  expect(recount(paused(), NOW)).toEqual({ minutes: 3, differences: [], faults: [] });
});

test.each([
  ["live", "beats", 5, 4],
  ["live", "beats", "4", 4],
  ["live", "beats", undefined, 4],
  ["live", "newest", "2026-11-23T22:40Z", "2026-11-23T22:41Z"],
  ["live", "newest", undefined, "2026-11-23T22:41Z"],
  ["live", "born", undefined, "2026-11-23T22:40Z"],
  ["live", "born", "yesterday", "2026-11-23T22:40Z"],
  ["live", "born", 0, "2026-11-23T22:40Z"],
  ["live", "newest", 0, "2026-11-23T22:41Z"],
  ["live", "early", 1, 2],
  ["month#2026-11", "23", 2, 3],
  ["month#2026-11", "24", 1, undefined],
  ["month#2026-11", "early23", undefined, 1],
  ["month#2026-12", "01", 1, undefined],
])("reports %s %s, stored as %j and counted as %j", (row, attribute, stored, counted) => {
  const rows = sound();
  rows.set(row, { ...rows.get(row), [attribute]: stored });

  expect(recount(rows, NOW).differences).toEqual([{ row, attribute, stored, counted }]);
});

const RECENT = paused().get("live#rules")?.["pauses"];
const [FIRST, SECOND, OPEN] = Array.isArray(RECENT) ? RECENT : [];

test.each([
  ["live", "openFrom", "2026-11-24T00:30Z", "9999-12-31T23:59Z"],
  ["live", "openFrom", undefined, "9999-12-31T23:59Z"],
  ["live", "pausedFrom", "2026-11-23T23:00Z", "2026-11-24T06:00Z"],
  ["live", "pausedFrom", undefined, "2026-11-24T06:00Z"],
  ["live#rules", "covered", 93, 91],
  ["live#rules", "covered", "91", 91],
  ["live#rules", "covered", undefined, 91],
  ["live#rules", "pausedBy", 6, 7],
  ["live#rules", "pausedBy", undefined, 7],
  ["live#rules", "pauses", undefined, RECENT],
  ["live#rules", "pauses", "none", RECENT],
  ["live#rules", "pauses", [SECOND, OPEN], RECENT],
  ["live#rules", "pauses", [FIRST, SECOND], RECENT],
  ["live#rules", "pauses", [SECOND, FIRST, OPEN], RECENT],
  ["live#rules", "pauses", [FIRST, FIRST, SECOND, OPEN], RECENT],
  ["live#rules", "pauses", [FIRST, SECOND, { ...OPEN, reason: "other" }], RECENT],
  ["month#2026-11", "covered23", 62, 61],
  ["month#2026-11", "covered24", undefined, 30],
  ["month#2026-11", "covered25", 1, undefined],
  ["month#2026-12", "covered01", 1, undefined],
])("reports %s %s of a paused service, stored as %j and counted as %j", (row, attribute, stored, counted) => {
  const { differences, faults } = recount(change(paused(), row, attribute, stored), NOW);

  expect(differences).toEqual([{ row, attribute, stored, counted }]);
  expect(faults).toEqual([]);
});

test("reports every sum that still treats an ended pause as open", () => {
  const rows = change(paused(), "pause#2026-11-24T06:00Z#000007", "to", "2026-11-24T06:04Z");

  const { differences } = recount(rows, NOW);

  expect(differences.map(({ row, attribute, counted }) => [row, attribute, counted])).toEqual([
    ["live", "openFrom", "2026-11-24T06:05Z"],
    ["live#rules", "covered", 96],
    ["live#rules", "pausedBy", undefined],
    ["live#rules", "pauses", [FIRST, SECOND, { from: "2026-11-24T06:00Z", to: "2026-11-24T06:04Z" }]],
    ["month#2026-11", "covered24", 35],
  ]);
});

test.each([
  ["all pauses", [FIRST, SECOND, OPEN]],
  ["the pauses of 8 days and the latest ended one", [SECOND, OPEN]],
])("accepts %s as the recent pauses when they ended long ago", (_, pauses) => {
  const rows = change(paused(), "live#rules", "pauses", pauses);

  expect(recount(rows, NOW + 20 * 86_400_000).differences).toEqual([]);
});

test("recounts the pauses when the row of their sums is missing", () => {
  const rows = paused();
  rows.delete("live#rules");

  expect(recount(rows, NOW).differences).toEqual([
    { row: "live#rules", attribute: "covered", stored: undefined, counted: 91 },
    { row: "live#rules", attribute: "pausedBy", stored: undefined, counted: 7 },
    { row: "live#rules", attribute: "pauses", stored: undefined, counted: RECENT },
  ]);
});

test("covers no minute with a pause that ended before the first beat", () => {
  const rows = new Map<string, Record<string, unknown>>([
    ["live", { beats: 0, pausedFrom: "2026-11-23T22:40Z", openFrom: "2026-11-23T22:46Z" }],
    ["live#rules", { covered: 0, pauses: [{ from: "2026-11-23T22:40Z", to: "2026-11-23T22:45Z" }] }],
    ["pause#2026-11-23T22:40Z#000001", { to: "2026-11-23T22:45Z" }],
  ]);

  expect(recount(rows, NOW)).toEqual({ minutes: 0, differences: [], faults: [] });
});

test.each([
  [
    "a minute that is marked and covered by a pause",
    change(paused(), "hour#2026-11-23T23", "07", 48),
    ["pause#2026-11-23T23:00Z#000005 covers 2026-11-23T23:07Z, marked as beaten"],
  ],
  [
    "two minutes that are marked and covered by the open pause",
    change(change(paused(), "hour#2026-11-24T06", "01", 48), "hour#2026-11-24T06", "00", 48),
    ["pause#2026-11-24T06:00Z#000007 covers 2026-11-24T06:00Z and 1 more, marked as beaten"],
  ],
])("reports %s as a fault", (_, rows, faults) => {
  expect(recount(rows, NOW).faults).toEqual(faults);
});

test.each([
  ["pause#2026-11-24T06:00Z", "reason", "x", "pause#2026-11-24T06:00Z: invalid key of a pause"],
  ["pause#yesterday#000007", "reason", "x", "pause#yesterday#000007: invalid key of a pause"],
  [
    ...["pause#2026-11-24T06:00Z#000007", "to", "2026-11-24T05:58Z"],
    'pause#2026-11-24T06:00Z#000007 to: stored "2026-11-24T05:58Z", which is invalid',
  ],
  [
    ...(["pause#2026-11-24T06:00Z#000007", "to", 7] as const),
    "pause#2026-11-24T06:00Z#000007 to: stored 7, which is invalid",
  ],
  [
    ...["pause#2026-11-24T00:29Z#000006", "to", "2026-11-24T00:40Z"],
    "pause#2026-11-23T23:00Z#000005 and pause#2026-11-24T00:29Z#000006 overlap",
  ],
  [
    ...["pause#2026-11-24T07:00Z#000008", "to", "2026-11-24T07:01Z"],
    "pause#2026-11-24T06:00Z#000007 and pause#2026-11-24T07:00Z#000008 overlap",
  ],
] as const)("does not recount the sums of the pauses when %s has %s %j", (row, attribute, value, fault) => {
  const rows = change(change(paused(), "live#rules", "covered", 7), row, attribute, value);

  expect(recount(rows, NOW)).toEqual({ minutes: 3, differences: [], faults: [fault] });
});

test.each(["lateAfter", "downAfter"])("reports a malformed %s, to be removed", (attribute) => {
  for (const stored of ["soon", -1, 180.5, null]) {
    const { differences, faults } = recount(change(paused(), "live#rules", attribute, stored), NOW);

    expect(differences).toEqual([{ row: "live#rules", attribute, stored, counted: undefined }]);
    expect(faults).toEqual([]);
  }
});

test.each([
  ["version", "7"],
  ["time", 7],
  ["requestId", null],
  ["by", ["ann"]],
])("reports %s of the settings, stored as %j, as a fault", (attribute, stored) => {
  expect(recount(change(paused(), "live#rules", attribute, stored), NOW)).toEqual({
    minutes: 3,
    differences: [],
    faults: [`live#rules ${attribute}: stored ${JSON.stringify(stored)}, which is invalid`],
  });
});

test.each([
  ["hour#2026-11-23T22", "41", "soon", 'hour#2026-11-23T22 41: stored "soon", which is invalid'],
  ["hour#2026-11-23T22", "41", -1, "hour#2026-11-23T22 41: stored -1, which is invalid"],
  ["hour#2026-11-23T22", "41", null, "hour#2026-11-23T22 41: stored null, which is invalid"],
  ["hour#2026-11-23T22", "60", 48, "hour#2026-11-23T22 60: not the mark of a minute"],
  ["hour#2026-11-23T22", "note", "kept", "hour#2026-11-23T22 note: not the mark of a minute"],
  ["hour#2026-02-30T12", "00", 48, "hour#2026-02-30T12 00: not the mark of a minute"],
  ["month#2026-11", "note", "kept", "month#2026-11 note: not a sum of a day"],
  ["month#2026-11", "31", 0, "month#2026-11 31: not a sum of a day"],
  ["month#2026-02", "covered30", 1, "month#2026-02 covered30: not a sum of a day"],
])("reports %s %s, stored as %j, as a fault that cannot be repaired", (row, attribute, stored, fault) => {
  expect(recount(change(sound(), row, attribute, stored), NOW)).toEqual({
    minutes: 4,
    differences: [],
    faults: [fault],
  });
});

test("reports each mark that cannot be read", () => {
  const rows = change(change(sound(), "hour#2026-11-23T22", "40", "soon"), "hour#2026-11-23T22", "41", null);

  expect(recount(rows, NOW).faults).toEqual([
    'hour#2026-11-23T22 40: stored "soon", which is invalid',
    "hour#2026-11-23T22 41: stored null, which is invalid",
  ]);
});

test("recounts a missing row of sums", () => {
  const rows = sound();
  rows.delete("live");

  expect(recount(rows, NOW).differences).toEqual([
    { row: "live", attribute: "beats", stored: undefined, counted: 4 },
    { row: "live", attribute: "born", stored: undefined, counted: "2026-11-23T22:40Z" },
    { row: "live", attribute: "early", stored: undefined, counted: 2 },
    { row: "live", attribute: "newest", stored: undefined, counted: "2026-11-23T22:41Z" },
  ]);
});

test("counts no beats in a table without marked minutes", () => {
  const rows = new Map([["live", { beats: 2, born: "2026-11-23T22:40Z" }]]);

  expect(recount(rows, NOW)).toEqual({
    minutes: 0,
    differences: [
      { row: "live", attribute: "beats", stored: 2, counted: 0 },
      { row: "live", attribute: "born", stored: "2026-11-23T22:40Z", counted: undefined },
    ],
    faults: [],
  });
});

test("finds no difference after every reported sum is corrected, whatever is stored", () => {
  const hour = fc.dictionary(
    fc.integer({ min: 0, max: 60 }).map((minute) => String(minute).padStart(2, "0")),
    fc.oneof({ weight: 20, arbitrary: fc.nat() }, fc.constantFrom(-1, "x")),
  );
  const sum = fc.oneof(fc.nat(), fc.constantFrom("2026-11-23T22:40Z", "2026-11-24T00:00Z", "x"));
  const table = fc.record(
    {
      "hour#2026-11-23T22": hour,
      "hour#2026-11-24T00": hour,
      live: fc.dictionary(fc.constantFrom("beats", "born", "newest", "early", "openFrom", "pausedFrom"), sum),
      "live#rules": fc.dictionary(
        fc.constantFrom("covered", "pauses", "pausedBy", "lateAfter", "downAfter"),
        fc.oneof(sum, fc.array(fc.oneof(sum, fc.record({ from: sum, to: sum })))),
      ),
      "month#2026-11": fc.dictionary(
        fc.constantFrom("23", "24", "31", "early23", "early24", "covered23"),
        sum,
      ),
      "pause#2026-11-23T22:10Z#000001": fc.constantFrom(
        ...[{ to: "2026-11-23T22:09Z" }, { to: "2026-11-23T22:20Z" }, {}],
      ),
      "pause#2026-11-23T22:21Z#000003": fc.constantFrom({ to: "2026-11-24T00:05Z" }, { reason: "x" }),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(table, (stored) => {
      const rows = new Map<string, Record<string, unknown>>(Object.entries(stored));
      for (const { row, attribute, counted } of recount(rows, NOW).differences) {
        const { [attribute]: _, ...rest } = rows.get(row) ?? {};
        rows.set(row, counted === undefined ? rest : { ...rest, [attribute]: counted });
      }
      const { differences, faults } = recount(rows, NOW);
      expect(differences).toEqual([]);
      expect(() => toLive(rows.get("live"))).not.toThrow();
      if (faults.length === 0) {
        expect(() => toSettings(rows)).not.toThrow();
        expect(() => toHistory(rows, EVERYTHING)).not.toThrow();
      }
    }),
    { numRuns: 1_000 },
  );
});
