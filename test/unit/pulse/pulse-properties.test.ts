import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromIndex, type Minute, toIndex } from "../../../lib/domain/minute.ts";
import { lastDueAt } from "../../../lib/domain/timeline.ts";
import { type Pulse, pulse, snapshotRange } from "../../../lib/pulse/pulse.ts";
import { createMemoryStore } from "../../support/fakes/memory-store.ts";
import { historyOf } from "../../support/fixtures/history.ts";
import { randomHistories } from "../../support/fixtures/random-histories.ts";
import { createReferenceModel } from "../../support/fixtures/reference-model.ts";

const uptimes = ({ uptime }: Pulse) => Object.values(uptime).filter((percent) => percent !== null);

const NONE = { from: "~" };

describe("in any history", () => {
  test("missed is the number of missed minutes, expected is beats plus missed, and each uptime is from 0 to 100", () => {
    fc.assert(
      fc.property(randomHistories, ({ facts, now, rules }) => {
        const actual = pulse(historyOf(facts), now, rules);

        expect(actual.missed).toBe(createReferenceModel(rules).load(facts).status(now).missed);
        expect(actual.expected).toBe(actual.beats + actual.missed);
        for (const percent of uptimes(actual)) {
          expect(percent).toBeGreaterThanOrEqual(0);
          expect(percent).toBeLessThanOrEqual(100);
        }
        if (actual.missed === 0)
          expect(new Set(uptimes(actual))).toEqual(new Set(uptimes(actual).length ? [100] : []));
        expect(actual.newest?.age ?? 0).toBeGreaterThanOrEqual(0);
        if (actual.since !== null) expect(Date.parse(actual.since)).toBeLessThanOrEqual(now);
        if (actual.nextDue !== null) expect(Date.parse(actual.nextDue)).toBeGreaterThan(now);
      }),
    );
  });

  test("stored data outside the range changes nothing", () => {
    fc.assert(
      fc.property(randomHistories, ({ facts, now, rules }) => {
        const whole = historyOf(facts);
        const { minutes = NONE, days = NONE } = snapshotRange(now, rules);

        const actual = pulse(
          {
            ...whole,
            minutes: new Map([...whole.minutes].filter(([minute]) => minute >= minutes.from)),
            days: new Map([...whole.days].filter(([day]) => day >= days.from)),
            pauses: whole.pauses.filter(({ to = "9999" }) => to >= minutes.from),
          },
          now,
          rules,
        );

        expect(actual).toEqual(pulse(whole, now, rules));
      }),
    );
  });

  test("inconsistent sums, as read while a beat is recorded, never give a negative number or more than 100 %", () => {
    const count = fc.nat({ max: 4_000 });
    const sums = fc.record({ beats: count, early: fc.constant(0), covered: count });
    fc.assert(
      fc.property(randomHistories, sums, sums, ({ facts, now, rules }, all, day) => {
        const history = historyOf(facts);
        const days = new Map([...history.days.keys()].map((key) => [key, day]));

        const actual = pulse({ ...history, ...all, days }, now, rules);

        expect(actual.missed).toBeGreaterThanOrEqual(0);
        for (const percent of uptimes(actual)) expect(percent >= 0 && percent <= 100).toBe(true);
      }),
    );
  });
});

test("without new beats the state goes from up to late to down, and missed never decreases", () => {
  const order = ["up", "late", "down"];
  fc.assert(
    fc.property(
      randomHistories,
      fc.array(fc.nat({ max: 7_200 }), { maxLength: 10 }),
      ({ facts, now, rules }, waits) => {
        const history = historyOf({
          ...facts,
          pauses: facts.pauses?.filter(({ to }) => to !== undefined) ?? [],
        });
        let before = pulse(history, now, rules);
        for (const seconds of waits.sort((a, b) => a - b)) {
          const after = pulse(history, now + seconds * 1_000, rules);
          expect(order.indexOf(after.state)).toBeGreaterThanOrEqual(order.indexOf(before.state));
          expect(after.missed).toBeGreaterThanOrEqual(before.missed);
          before = after;
        }
      },
    ),
  );
});

test("the state is late as soon as a minute after the newest beat is missed, with any thresholds", () => {
  fc.assert(
    fc.property(randomHistories, ({ facts, now, rules }) => {
      const { state, newest } = pulse(historyOf({ ...facts, pauses: [] }), now, rules);
      if (newest === null) return;
      expect(state !== "up").toBe(toIndex(newest.minute) < lastDueAt(now, rules.lateAfter));
    }),
  );
});

test("beats in any order and with repetitions give the same snapshot", async () => {
  const now = Date.parse("2026-11-23T23:00:00Z");
  const rules = { lateAfter: 120, downAfter: 240, every: 1 };
  const first = { minute: "2026-11-23T21:00Z", recordedAt: Date.parse("2026-11-23T21:00:10Z") };
  // Each minute has its own time of recording. Some minutes are before the first recorded beat, some after midnight.
  const beats = fc
    .uniqueArray(fc.integer({ min: -1_300, max: 120 }), { minLength: 1, maxLength: 60 })
    .map((places) =>
      places.map((place) => ({
        minute: fromIndex(toIndex(first.minute) + place),
        recordedAt: first.recordedAt + Math.max(1, place) * 60_000,
      })),
    );
  const orders = beats.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 })),
  );
  const actual = async (deliveries: { minute: Minute; recordedAt: number }[]) => {
    const store = createMemoryStore();
    for (const beat of [first, ...deliveries]) await store.record(beat);
    return pulse(await store.read(snapshotRange(now, rules)), now, rules);
  };

  await fc.assert(
    fc.asyncProperty(orders, async ([all, shuffled]) => {
      expect(await actual(shuffled)).toEqual(await actual(all));
    }),
  );
});
