import fc from "fast-check";
import { fromIndex, type Minute, toIndex } from "../../lib/minute.ts";
import type { Facts } from "./history.ts";

export const BIRTH = toIndex("2026-11-20T21:30Z");
const DAYS = 3;

/** A heart of up to three days, about midnights, with runs of beats, old minutes, and pauses. */
export const lives = fc
  .record({
    runs: fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 400 })), {
      maxLength: 20,
    }),
    old: fc.uniqueArray(fc.integer({ min: 1, max: 3_000 }), { maxLength: 4 }),
    pausedEach: fc.constantFrom(1, 2, 3, 99),
    open: fc.boolean(),
    seconds: fc.integer({ min: 0, max: 500 }),
    lateAfter: fc.oneof(fc.integer({ min: 120, max: 600 }), fc.integer({ min: 120, max: 200_000 })),
  })
  .map(({ runs, old, pausedEach, open, seconds, lateAfter }) => {
    const beaten = old.map((before) => fromIndex(BIRTH - before));
    const pauses: { from: Minute; to?: Minute }[] = [];
    let minute = BIRTH;
    for (const [place, [beats, silence]] of runs.entries()) {
      if (minute + beats + silence > BIRTH + DAYS * 1_440) break;
      for (let n = 0; n < beats; n++) beaten.push(fromIndex(minute++));
      if (place % pausedEach === 0 && silence > 0) {
        pauses.push({ from: fromIndex(minute), to: fromIndex(minute + silence - 1) });
      }
      minute += silence;
    }
    // Two minutes of what beat may be ahead of the clock.
    const now = Math.max(BIRTH, minute - 3) * 60_000 + seconds * 1_000;
    if (open) pauses.push({ from: fromIndex(Math.max(minute, Math.floor(now / 60_000))) });
    const facts: Facts = { born: fromIndex(BIRTH), beaten, pauses };
    return { facts, now, rules: { lateAfter, downAfter: lateAfter * 2 } };
  });
