import { expect, inject, test } from "vitest";
import type { BeatStore } from "../../lib/domain/beat-store.ts";
import { fromIndex, minuteAt, toIndex } from "../../lib/domain/minute.ts";
import { createBeatStore } from "../../lib/dynamodb/beat-store.ts";
import { createSettingsStore } from "../../lib/dynamodb/settings-store.ts";
import { hourOf, pauseKey } from "../../lib/dynamodb/table/keys.ts";
import { historyPage, pageRange } from "../../lib/history/page.ts";
import { toHistoryQuery } from "../../lib/history/query.ts";
import { readPast } from "../../lib/past/past.ts";
import { pulse, snapshotRange } from "../../lib/pulse/pulse.ts";
import { meter } from "../support/databases/meter.ts";
import { freshTable, putRow } from "../support/databases/table.ts";
import { twoDigits, writeDays } from "../support/fixtures/populate-table.ts";
import { settingsOnDay } from "../support/fixtures/settings-on-day.ts";

const RULES = { lateAfter: 120, downAfter: 240, every: 1 };

test("a snapshot, a beat, the total and a start cost the same after 1 day, 90 days, 5 and 10 years, and a page of the history has an upper limit", {
  timeout: 300_000,
}, async () => {
  const { db, table } = await freshTable(inject("engines").embedded);
  const bill = meter(db);
  const store = createBeatStore({ db: db, name: table });
  const figures = [];
  const today = Date.parse("2026-11-23T00:00Z");
  let until = today;
  // Minutes counted today. The clock is in the middle of an hour and of a month, so a snapshot reads 25 hours and 4 months.
  let minutes = 0;
  const beat = async () => {
    const recordedAt = today + minutes++ * 60_000 + 48;
    await store.record({ minute: minuteAt(recordedAt), recordedAt });
  };
  for (const [age, days] of Object.entries({
    "1 day": 1,
    "90 days": 90,
    "5 years": 1_826,
    "10 years": 3_652,
  })) {
    const added = today - days * 86_400_000;
    await writeDays(db, table, { added, until, end: today });
    until = added;
    await putRow(db, table, {
      ...{ sk: "live", beats: days * 1_440 + minutes },
      ...{ born: minuteAt(added), newest: minuteAt(today + (minutes - 1) * 60_000) },
    });
    while (minutes < 40) await beat();
    const now = today + minutes * 60_000 - 1;
    bill();

    const actual = pulse(await store.read(snapshotRange(now, RULES)), now, RULES);
    const snapshot = bill();
    await beat();
    const another = bill();
    await store.count();
    const total = bill();
    await store.read({});
    const start = bill();

    figures.push({ age, snapshot, beat: another, total, start });
    expect(actual).toMatchObject({ state: "up", missed: 0, uptime: { "24h": 100, "90d": 100, all: 100 } });
  }

  const cost = {
    snapshot: { requests: 2, units: 3 },
    beat: { requests: 1, units: 6 },
    total: { requests: 1, units: 1 },
    // The read that an instance of heartbeat or pulse makes when it starts.
    start: { requests: 1, units: 1 },
  };
  expect(figures).toEqual(["1 day", "90 days", "5 years", "10 years"].map((age) => ({ age, ...cost })));

  const turnTo = createReader(store, bill);
  const pages = [
    ["step=minute", 60, { requests: 4, units: 4 }],
    ["step=minute&to=2018-08-20", 60, { requests: 4, units: 4 }],
    ["step=minute&limit=1440", 1_440, { requests: 4, units: 5 }],
    ["step=minute&limit=1440&to=2018-08-20", 1_440, { requests: 4, units: 5 }],
    ["step=hour", 24, { requests: 4, units: 5 }],
    ["step=hour&to=2018-08-20", 24, { requests: 4, units: 5 }],
    ["step=hour&limit=168", 168, { requests: 4, units: 17 }],
    ["step=hour&limit=168&to=2018-08-20", 168, { requests: 4, units: 17 }],
    // The current day also needs its minutes.
    ["step=day", 30, { requests: 5, units: 5 }],
    ["step=day&to=2018-08-20", 30, { requests: 2, units: 2 }],
    ["step=day&limit=366", 366, { requests: 5, units: 5 }],
    ["step=day&limit=366&to=2018-08-20", 366, { requests: 2, units: 2 }],
  ] as const;
  for (const [query, items, cost] of pages)
    expect([query, await turnTo(query, today + minutes * 60_000 - 1)]).toEqual([query, { items, ...cost }]);
});

test("a snapshot of the largest rows costs 6 read units, and 26 with the longest thresholds", async () => {
  const { db, table } = await freshTable(inject("engines").embedded);
  const store = createBeatStore({ db: db, name: table });
  const born = "2026-07-01T00:00Z";
  const now = toIndex("2026-11-23T22:40Z");
  const from = toIndex("2026-11-16T00:00Z");
  for (let hour = from; hour <= now; hour += 60) {
    const lateness = Object.fromEntries(twoDigits(60).map((minute) => [minute, 99_999_999_999]));
    await putRow(db, table, { sk: hourOf(fromIndex(hour)).row, ...lateness });
  }
  for (const month of ["2026-08", "2026-09", "2026-10", "2026-11"]) {
    const sums = twoDigits(30, 1).flatMap((day) =>
      ["", "early", "covered"].map((sum) => [`${sum}${day}`, 479]),
    );
    await putRow(db, table, { sk: `month#${month}`, ...Object.fromEntries(sums) });
  }
  const pauses = twoDigits(60).map((minute) => ({
    from: `2026-11-23T20:${minute}Z`,
    to: `2026-11-23T20:${minute}Z`,
  }));
  await putRow(db, table, { sk: "live", beats: 9_999_999, early: 99_999, born, newest: fromIndex(now) });
  await putRow(db, table, { sk: "live#rules", covered: 999_999, pauses });
  const bill = meter(db);
  const costUnder = async (lateAfter: number) => {
    await store.read(snapshotRange(now * 60_000, { lateAfter, downAfter: lateAfter + 1, every: 1 }));
    return bill();
  };

  expect([await costUnder(120), await costUnder(86_400), await costUnder(604_799)]).toEqual([
    { requests: 2, units: 6 },
    { requests: 2, units: 6 },
    { requests: 2, units: 26 },
  ]);
});

test("a page of a week of the largest rows, with a pause each hour, costs 29 read units", async () => {
  const { db, table } = await freshTable(inject("engines").embedded);
  const store = createBeatStore({ db: db, name: table });
  const now = toIndex("2026-11-23T22:40Z");
  const lateness = Object.fromEntries(twoDigits(60).map((minute) => [minute, 99_999_999_999]));
  for (let hour = toIndex("2026-11-16T22:00Z"); hour <= now; hour += 60) {
    await putRow(db, table, { sk: hourOf(fromIndex(hour)).row, ...lateness });
    await putRow(db, table, { sk: pauseKey(fromIndex(hour), 1), to: fromIndex(hour) });
  }
  await putRow(db, table, { sk: "live", beats: 1, born: "2018-08-20T14:38Z", newest: fromIndex(now) });
  const turnTo = createReader(store, meter(db));

  expect(await turnTo("limit=168", now * 60_000)).toEqual({ items: 168, requests: 4, units: 29 });
});

test("an open pause costs one more request for each covered minute, and two more for a late minute before it", async () => {
  const { db, table } = await freshTable(inject("engines").embedded);
  const service = settingsOnDay("2026-11-23", {
    ...createBeatStore({ db: db, name: table }),
    ...createSettingsStore({ db: db, name: table }),
  });
  const bill = meter(db);
  const costOf = async (what: () => Promise<unknown>) => {
    bill();
    await what();
    return bill().requests;
  };
  await service.beat("22:00");

  const requests = {
    pause: await costOf(() => service.pause("22:02")),
    covered: await costOf(() => service.beat("22:03")),
    again: await costOf(() => service.beat("22:03")),
    snapshot: await costOf(() => service.read()),
    resume: await costOf(() => service.resume("22:04")),
    after: await costOf(() => service.beat("22:05")),
    late: await costOf(() => service.beat("22:03", "22:10")),
    // The first write fails, then the pause is looked up, then the beat is counted.
    before: await costOf(() => service.beat("22:01", "22:10")),
    ask: await costOf(() => service.ask("22:10", {})),
  };

  expect(requests).toEqual({
    ...{ pause: 2, covered: 2, again: 1, snapshot: 2, resume: 2, after: 1, late: 1, before: 3, ask: 1 },
  });
});

test("the past costs 2 requests without an outage, and one more for each of at most 10 days with one", async () => {
  const { db, table } = await freshTable(inject("engines").embedded);
  const store = createBeatStore({ db: db, name: table });
  const born = "2026-07-01T00:00Z";
  const now = toIndex("2026-11-23T22:40Z");
  const lateness = Object.fromEntries(twoDigits(60).map((minute) => [minute, 99_999_999_999]));
  for (let hour = toIndex("2026-11-01T00:00Z"); hour <= now; hour += 60) {
    await putRow(db, table, { sk: hourOf(fromIndex(hour)).row, ...lateness });
  }
  const sumsOf = (missed: number) => Object.fromEntries(twoDigits(30, 1).map((day) => [day, 1_440 - missed]));
  await putRow(db, table, { sk: "live", beats: 99_999, born, newest: fromIndex(now) });
  const bill = meter(db);
  const costOf = async (missed: number, pauses = 0) => {
    for (const month of ["07", "08", "09", "10", "11"]) {
      await putRow(db, table, { sk: `month#2026-${month}`, ...sumsOf(missed) });
    }
    for (let n = 0; n < pauses; n++) {
      const minute = fromIndex(now - 1_440 - n * 2);
      const row = { reason: "x".repeat(200), requestId: "x".repeat(36), time: "x".repeat(24), to: minute };
      await putRow(db, table, { sk: pauseKey(minute, n), ...row });
    }
    const history = await store.read(snapshotRange(now * 60_000, RULES));
    bill();
    const past = await readPast(store, history, now * 60_000, RULES);
    return { since: past.since, ...bill() };
  };

  expect([await costOf(0), await costOf(1), await costOf(1, 120)]).toEqual([
    { since: "2026-08-26", requests: 2, units: 2 },
    { since: "2026-11-13", requests: 12, units: 42 },
    { since: "2026-11-23", requests: 12, units: 50 },
  ]);
});

test("with a job, a minute costs one more request and one read unit, and a minute of an earlier hour two", async () => {
  const { db, table } = await freshTable(inject("engines").embedded);
  const service = settingsOnDay("2026-11-23", {
    ...createBeatStore({ db: db, name: table }),
    ...createSettingsStore({ db: db, name: table }),
  });
  const bill = meter(db);
  await service.beat("20:00");
  await service.beat("21:59");
  await service.pause("22:01");
  await service.resume("22:01");
  await service.pause("22:03");
  bill();
  const costOf = async (time: string, at?: string) => {
    const outcome = await service.lookUp(time, at);
    return [outcome, bill()];
  };

  expect([
    await costOf("22:00"),
    await costOf("22:00", "22:59"),
    await costOf("21:59"),
    await costOf("20:00", "22:10"),
    await costOf("20:01", "22:10"),
    await costOf("22:01"),
    await costOf("22:04"),
    await costOf("22:04"),
  ]).toEqual([
    // A minute before the last pause needs a query for an earlier one.
    [undefined, { requests: 2, units: 2 }],
    [undefined, { requests: 2, units: 2 }],
    ["duplicate", { requests: 1, units: 1 }],
    ["duplicate", { requests: 2, units: 2 }],
    [undefined, { requests: 3, units: 3 }],
    ["covered", { requests: 2, units: 2 }],
    // The first minute of an open pause that is looked up is stored: 2 write units.
    ["covered", { requests: 2, units: 3 }],
    ["covered", { requests: 1, units: 1 }],
  ]);
});

/** Returns the number of items on the page of a query, and what it cost. */
const createReader =
  (store: BeatStore, bill: ReturnType<typeof meter>) => async (query: string, now: number) => {
    const historyQuery = toHistoryQuery(query, now);
    bill();
    const { items } = historyPage(
      await store.read(pageRange(historyQuery, now, RULES)),
      historyQuery,
      now,
      RULES,
    );
    return { items: items.length, ...bill() };
  };
