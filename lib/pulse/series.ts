import type { History } from "../domain/beat-store.ts";
import { tallyEachDay, tallySpan } from "../domain/tally.ts";
import { slotsAnHour, type Timeline } from "../domain/timeline.ts";
import type { Series } from "../schemas/status.ts";

/** The number of slots that are shown one by one. */
export const SERIES_SLOTS = 60;
const HOURS = 24;

export const toSeries = (history: History, timeline: Timeline, days: number): Series => {
  const { last, markOf, minuteOf } = timeline;
  const first = last - SERIES_SLOTS + 1;
  const perHour = slotsAnHour(timeline);
  const thisHour = last - (last % perHour);
  return {
    minutes: {
      from: minuteOf(first),
      marks: Array.from({ length: SERIES_SLOTS }, (_, n) => markOf(first + n) ?? null),
    },
    hours: Array.from({ length: HOURS }, (_, n) => {
      const from = thisHour - (HOURS - 1 - n) * perHour;
      const span = { from, to: Math.min(from + perHour - 1, last) };
      return { from: minuteOf(from), ...tallySpan(timeline, span) };
    }),
    days: tallyEachDay(history, timeline, days).reverse(),
  };
};
