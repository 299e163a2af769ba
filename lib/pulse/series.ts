import type { History } from "../domain/beat-store.ts";
import { dayAt, fromIndex, MINUTES_A_DAY } from "../domain/minute.ts";
import { tallyEachDay, tallySpan } from "../domain/tally.ts";
import type { Timeline } from "../domain/timeline.ts";
import type { Series } from "../schemas/status.ts";

const HOURS = 24;

export const toSeries = (history: History, timeline: Timeline, days: number): Series => {
  const { last, markOf } = timeline;
  const firstMinute = last - 59;
  const thisHour = last - (last % 60);
  const today = last - (last % MINUTES_A_DAY);
  return {
    minutes: {
      from: fromIndex(firstMinute),
      marks: Array.from({ length: 60 }, (_, n) => markOf(firstMinute + n) ?? null),
    },
    hours: Array.from({ length: HOURS }, (_, n) => {
      const from = thisHour - (HOURS - 1 - n) * 60;
      return { from: fromIndex(from), ...tallySpan(timeline, { from, to: Math.min(from + 59, last) }) };
    }),
    days: tallyEachDay(history, timeline, days)
      .map((tally, ago) => ({ from: dayAt((today - ago * MINUTES_A_DAY) * 60_000), ...tally }))
      .reverse(),
  };
};
