import fc from "fast-check";
import { expect, test } from "vitest";
import { fromIndex } from "../../../lib/domain/minute.ts";
import { uptimeOf } from "../../../lib/domain/tally.ts";
import type { StageRules } from "../../../lib/domain/thresholds.ts";
import { GRANULARITIES } from "../../../lib/history/granularity.ts";
import { historyPage, pageRange } from "../../../lib/history/page.ts";
import { toHistoryQuery } from "../../../lib/history/query.ts";
import { pulse } from "../../../lib/pulse/pulse.ts";
import type { DayItem, HistoryPage, HourItem, MinuteItem, Sums } from "../../../lib/schemas/history.ts";
import { type Facts, historyOf, readerOf } from "../../support/fixtures/history.ts";
import { FIRST_MINUTE, randomHistories } from "../../support/fixtures/random-histories.ts";

interface Life {
  facts: Facts;
  now: number;
  rules: StageRules;
}

/** A day before the oldest minute of each generated history. */
const BEGINNING = fromIndex(FIRST_MINUTE - 3_001).slice(0, 10);

const createReader = ({ facts, now, rules }: Life) => {
  const read = readerOf(facts);
  const page = (query: string): HistoryPage => {
    const historyQuery = toHistoryQuery(query, now);
    return historyPage(read(pageRange(historyQuery, now, rules)), historyQuery, now, rules);
  };
  /** Reads all pages by following next. */
  const pages = (query: string): HistoryPage[] => {
    const all = [page(query)];
    for (let last = all[0]; last?.next != null; last = all.at(-1)) all.push(page(last.next.slice(1)));
    return all;
  };
  return { page, pages, items: (query: string) => pages(query).flatMap(({ items }) => items) };
};

const minutesOf = (items: HistoryPage["items"]) =>
  items.filter((item): item is MinuteItem => "minute" in item);
const hoursOf = (items: HistoryPage["items"]) => items.filter((item): item is HourItem => "hour" in item);
const daysOf = (items: HistoryPage["items"]) => items.filter((item): item is DayItem => "day" in item);

const grouped = <T>(items: T[], keyOf: (item: T) => string): Map<string, T[]> => {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
};

const add = (items: Sums[]) => {
  const total = (field: keyof Sums) => items.reduce((sum, item) => sum + item[field], 0);
  return {
    beats: total("beats"),
    expected: total("expected"),
    missed: total("missed"),
    covered: total("covered"),
    early: total("early"),
  };
};

const addMinutes = (items: MinuteItem[]) => {
  const count = (...states: string[]) => items.filter(({ state }) => states.includes(state)).length;
  return {
    beats: count("beaten", "early"),
    expected: count("beaten", "early", "missed"),
    missed: count("missed"),
    covered: count("covered"),
    early: count("early"),
  };
};

test("the minutes of the last 24 hours agree with the snapshot", () => {
  fc.assert(
    fc.property(randomHistories, (life) => {
      const minutes = minutesOf(createReader(life).page("step=minute&limit=1440&from=2000-01-01").items);

      const { uptime, last24h } = pulse(historyOf(life.facts), life.now, life.rules);
      const { beats, early, missed } = addMinutes(minutes);
      const lateness = minutes.flatMap(({ state, lateness }) => (state === "beaten" ? [lateness ?? -1] : []));
      expect(uptimeOf({ beaten: beats - early, missed })).toBe(uptime["24h"]);
      expect(missed).toBe(last24h.gaps.reduce((sum, gap) => sum + gap.minutes, 0));
      expect(lateness.length === 0 ? undefined : Math.max(...lateness)).toBe(last24h.lateness?.max);
    }),
    { numRuns: 30 },
  );
});

test("the sums of hours agree with their minutes, of days with their hours, of all days with the snapshot", () => {
  fc.assert(
    fc.property(randomHistories, (life) => {
      const { items } = createReader(life);
      const minutes = minutesOf(items(`step=minute&limit=1440&from=${BEGINNING}`));
      const hours = hoursOf(items(`step=hour&limit=168&from=${BEGINNING}`));
      const days = daysOf(items(`step=day&limit=366&from=${BEGINNING}`));

      const minutesOfHour = grouped(minutes, ({ minute }) => minute.slice(0, 13));
      for (const { hour, ...sums } of hours)
        expect(sums).toEqual(addMinutes(minutesOfHour.get(hour.slice(0, 13)) ?? []));
      const hoursOfDay = grouped(hours, ({ hour }) => hour.slice(0, 10));
      for (const { day, ...sums } of days) expect(sums).toEqual(add(hoursOfDay.get(day) ?? []));
      const { beats, missed, newest } = pulse(historyOf(life.facts), life.now, life.rules);
      const present = Math.floor(life.now / 60_000);
      // Minutes counted by a clock that is ahead are not on a page yet.
      const ahead = newest === null ? 0 : Math.max(0, Date.parse(newest.minute) / 60_000 - present);
      const all = add(days);
      expect(all.missed).toBe(missed);
      expect(all.expected).toBe(all.beats + all.missed);
      expect(all.beats).toBeLessThanOrEqual(beats);
      expect(all.beats).toBeGreaterThanOrEqual(beats - ahead);
    }),
    { numRuns: 30 },
  );
});

test("pages of any size and range have the items of one large page, in order, and end", () => {
  const historyQuery = fc.record({
    step: fc.constantFrom(...GRANULARITIES),
    small: fc.integer({ min: 1, max: 50 }),
    back: fc.integer({ min: 0, max: 100 }),
    length: fc.integer({ min: 0, max: 120 }),
    open: fc.boolean(),
  });
  fc.assert(
    fc.property(randomHistories, historyQuery, (life, { step, small, back, length, open }) => {
      const { pages, items } = createReader(life);
      const end = Math.floor(life.now / 60_000) - back * step.minutes;
      const range = `step=${step.name}&to=${fromIndex(end)}&from=${fromIndex(end - length * step.minutes)}`;
      const query = open && step.name !== "minute" ? `step=${step.name}` : range;

      const paged = pages(`${query}&limit=${small}`);

      const whole = items(`${query}&limit=${step.maxLimit}`);
      expect(paged.flatMap((page) => page.items)).toEqual(whole);
      expect(paged.slice(0, -1).every((page) => page.items.length === small)).toBe(true);
      const names = whole.map((item) => String(Object.values(item)[0]));
      expect(names).toEqual([...new Set(names)].sort().reverse());
      if (!open) expect(names).toHaveLength(length + 1);
    }),
  );
});
