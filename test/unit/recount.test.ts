import fc from "fast-check";
import { expect, test } from "vitest";
import { toLive } from "../../lib/table-layout.ts";
import { recount } from "../../ops/recount.ts";

const sound = () =>
  new Map<string, Record<string, unknown>>([
    ["hour#2026-10-31T12", { "00": 2_025_610_000 }],
    ["hour#2026-11-23T22", { 39: 90_000, 40: 20_000, 41: 48 }],
    ["live", { beats: 4, born: "2026-11-23T22:40Z", newest: "2026-11-23T22:41Z", early: 2 }],
    ["month#2026-10", { 31: 1, early31: 1 }],
    ["month#2026-11", { 23: 3, early23: 1 }],
  ]);

test("an empty table agrees with itself", () => {
  expect(recount(new Map())).toEqual({ minutes: 0, differences: [] });
});

test("sums that are what the marked minutes add up to agree", () => {
  expect(recount(sound())).toEqual({ minutes: 4, differences: [] });
});

test("the minute of birth is the newest while it is the only one since", () => {
  const rows = new Map<string, Record<string, unknown>>([
    ["hour#2026-11-23T22", { 40: 48 }],
    ["live", { beats: 1, born: "2026-11-23T22:40Z", newest: "2026-11-23T22:40Z" }],
    ["month#2026-11", { 23: 1 }],
  ]);

  expect(recount(rows)).toEqual({ minutes: 1, differences: [] });
});

test("attributes that are no sums are left alone", () => {
  const rows = sound();
  rows.set("live", { ...rows.get("live"), openFrom: "9999" });
  rows.set("pause#2026-11-23T22:42Z", { reason: "upgrade" });

  expect(recount(rows)).toEqual({ minutes: 4, differences: [] });
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
])("%s %s stored as %j, counted as %j, is told", (row, attribute, stored, counted) => {
  const rows = sound();
  rows.set(row, { ...rows.get(row), [attribute]: stored });

  expect(recount(rows).differences).toEqual([{ row, attribute, stored, counted }]);
});

test("a lost row of sums is counted anew", () => {
  const rows = sound();
  rows.delete("live");

  expect(recount(rows).differences).toEqual([
    { row: "live", attribute: "beats", stored: undefined, counted: 4 },
    { row: "live", attribute: "born", stored: undefined, counted: "2026-11-23T22:40Z" },
    { row: "live", attribute: "early", stored: undefined, counted: 2 },
    { row: "live", attribute: "newest", stored: undefined, counted: "2026-11-23T22:41Z" },
  ]);
});

test("sums of a table without marked minutes are told to be nothing", () => {
  const rows = new Map([["live", { beats: 2, born: "2026-11-23T22:40Z" }]]);

  expect(recount(rows)).toEqual({
    minutes: 0,
    differences: [
      { row: "live", attribute: "beats", stored: 2, counted: 0 },
      { row: "live", attribute: "born", stored: "2026-11-23T22:40Z", counted: undefined },
    ],
  });
});

test("setting every told sum right leaves nothing to tell, whatever is stored", () => {
  const hour = fc.dictionary(
    fc.integer({ min: 0, max: 59 }).map((minute) => String(minute).padStart(2, "0")),
    fc.nat(),
  );
  const sum = fc.oneof(fc.nat(), fc.constantFrom("2026-11-23T22:40Z", "2026-11-24T00:00Z", "x"));
  const table = fc.record(
    {
      "hour#2026-11-23T22": hour,
      "hour#2026-11-24T00": hour,
      live: fc.dictionary(fc.constantFrom("beats", "born", "newest", "early"), sum),
      "month#2026-11": fc.dictionary(fc.constantFrom("23", "24", "early23", "early24"), sum),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(table, (stored) => {
      const rows = new Map<string, Record<string, unknown>>(Object.entries(stored));
      for (const { row, attribute, counted } of recount(rows).differences) {
        const { [attribute]: _, ...rest } = rows.get(row) ?? {};
        rows.set(row, counted === undefined ? rest : { ...rest, [attribute]: counted });
      }
      expect(recount(rows).differences).toEqual([]);
      expect(() => toLive(rows.get("live"))).not.toThrow();
    }),
    { numRuns: 1_000 },
  );
});
