import { expect, inject, test } from "vitest";
import { createBeatStore } from "../../lib/dynamodb/beat-store.ts";
import { hourOf } from "../../lib/dynamodb/table/keys.ts";
import { readDay } from "../../lib/past/day.ts";
import { meter } from "../support/databases/meter.ts";
import { freshTable, putRow } from "../support/databases/table.ts";
import { twoDigits } from "../support/fixtures/populate-table.ts";

const RULES = { lateAfter: 120, downAfter: 240, every: 1 };

test("the page of a day costs 4 requests and 7 read units", async () => {
  const { db, table } = await freshTable(inject("engines").embedded);
  const lateness = Object.fromEntries(twoDigits(60).map((minute) => [minute, 99_999_999_999]));
  for (const hour of twoDigits(24)) {
    await putRow(db, table, { sk: hourOf(`2026-11-20T${hour}:00Z`).row, ...lateness });
  }
  await putRow(db, table, {
    ...{ sk: "live", beats: 99_999, born: "2026-07-01T00:00Z", newest: "2026-11-23T22:40Z" },
  });
  const bill = meter(db);

  const now = Date.parse("2026-11-23T22:40Z");
  await readDay(createBeatStore({ db, name: table }), "2026-11-20", now, RULES);

  expect(bill()).toEqual({ requests: 4, units: 7 });
});
