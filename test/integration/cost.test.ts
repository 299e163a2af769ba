import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { expect, inject, test } from "vitest";
import { createDynamoStore } from "../../lib/dynamodb-store.ts";
import { fromIndex, toIndex } from "../../lib/minute.ts";
import { pulse, reachOf } from "../../lib/pulse.ts";
import { hourOf } from "../../lib/table-layout.ts";
import { writeLife } from "../support/long-life.ts";
import { freshTable, putRow } from "../support/table.ts";

const RULES = { lateAfter: 120, downAfter: 240 };
/** In the middle of an hour, and of a month: the last 24 hours take 25 rows, the 90 days 4. */
const NOW = toIndex("2026-11-23T22:40Z");

const HOUR = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, "0"));
const MONTH = Array.from({ length: 30 }, (_, n) => String(n + 1).padStart(2, "0"));

/** Adds up what requests cost, by what the engine bills: as AWS does. */
const meter = (db: DynamoDBDocumentClient) => {
  const bills: { CapacityUnits: number }[][] = [];
  db.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: "TOTAL" } });
      bills.push([Object(answer.output).ConsumedCapacity].flat());
      return answer;
    },
    { step: "initialize" },
  );
  /** Since the last time. */
  return () => {
    const taken = bills.splice(0);
    const units = taken.flat().reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
    return { requests: taken.length, units };
  };
};

test("a snapshot and a beat cost the same after 90 days, 5 and 10 years", { timeout: 300_000 }, async () => {
  const { db, table } = await freshTable(inject("engines").embedded);
  const bill = meter(db);
  const store = createDynamoStore(db, table);
  const figures = [];
  let written = NOW + 1;
  let newest = NOW;
  for (const [age, days] of Object.entries({ "90 days": 90, "5 years": 1_826, "10 years": 3_652 })) {
    const born = NOW - days * 1_440;
    await writeLife(db, table, { from: born, to: newest }, { from: born, to: written - 1 });
    written = born;
    const beats = newest - born + 1;
    await putRow(db, table, { sk: "live", beats, born: fromIndex(born), newest: fromIndex(newest) });
    bill();

    const now = newest * 60_000 + 30_000;
    const told = pulse(await store.history(reachOf(now, RULES)), now, RULES);
    const snapshot = bill();
    newest++;
    await store.record({ minute: fromIndex(newest), recordedAt: newest * 60_000 + 48 });
    const beat = bill();

    expect(told).toMatchObject({
      state: "up",
      beats,
      missed: 0,
      uptime: { "24h": 100, "90d": 100, all: 100 },
    });
    figures.push({ age, snapshot, beat });
  }

  const cost = { snapshot: { requests: 2, units: 3 }, beat: { requests: 1, units: 6 } };
  expect(figures).toEqual(["90 days", "5 years", "10 years"].map((age) => ({ age, ...cost })));
});

test("a snapshot of the largest rows costs 6 read units, of rules that look back a week more", async () => {
  const { db, table } = await freshTable(inject("engines").embedded);
  const store = createDynamoStore(db, table);
  const born = "2026-07-01T00:00Z";
  const from = toIndex("2026-11-16T00:00Z");
  for (let hour = from; hour <= NOW; hour += 60) {
    const lateness = Object.fromEntries(HOUR.map((minute) => [minute, 99_999_999_999]));
    await putRow(db, table, { sk: hourOf(fromIndex(hour)).row, ...lateness });
  }
  for (const month of ["2026-08", "2026-09", "2026-10", "2026-11"]) {
    const sums = MONTH.flatMap((day) => ["", "early", "covered"].map((sum) => [`${sum}${day}`, 479]));
    await putRow(db, table, { sk: `month#${month}`, ...Object.fromEntries(sums) });
  }
  const pauses = HOUR.map((minute) => ({ from: `2026-11-23T20:${minute}Z`, to: `2026-11-23T20:${minute}Z` }));
  await putRow(db, table, { sk: "live", beats: 9_999_999, early: 99_999, born, newest: fromIndex(NOW) });
  await putRow(db, table, { sk: "live#rules", covered: 999_999, pauses });
  const bill = meter(db);
  const costUnder = async (lateAfter: number) => {
    await store.history(reachOf(NOW * 60_000, { lateAfter, downAfter: lateAfter + 1 }));
    return bill();
  };

  expect([await costUnder(120), await costUnder(86_400), await costUnder(604_799)]).toEqual([
    { requests: 2, units: 6 },
    { requests: 2, units: 6 },
    { requests: 2, units: 28 },
  ]);
});
