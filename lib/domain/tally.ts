import type { History } from "./beat-store.ts";
import { dayAt, MINUTES_A_DAY, toIndex } from "./minute.ts";
import { count, lengthOf, overlapOf, type Span, type Timeline } from "./timeline.ts";

export interface Tally {
  beaten: number;
  missed: number;
}

/** Counts the last `minutes` minutes, including the current one. */
export const tallyMinutes = (timeline: Timeline, minutes: number): Tally =>
  tallySpan(timeline, { from: timeline.last - minutes + 1, to: timeline.last });

/** Counts minute by minute; the history must contain the span. */
export const tallySpan = (timeline: Timeline, span: Span): Tally => ({
  beaten: count(timeline, span, "beaten"),
  missed: count(timeline, span, "missed"),
});

/** Counts today and the whole days before it. */
export const tallyDays = (history: History, timeline: Timeline, days: number): Tally =>
  tallyEachDay(history, timeline, days).reduce((a, b) => ({
    beaten: a.beaten + b.beaten,
    missed: a.missed + b.missed,
  }));

/** Counts each day, newest first: today minute by minute, the days before by their stored sums. */
export const tallyEachDay = (history: History, timeline: Timeline, days: number): Tally[] => {
  const midnight = timeline.last - (timeline.last % MINUTES_A_DAY);
  const tallies = [tallySpan(timeline, { from: midnight, to: timeline.last })];
  for (let day = 1; day < days; day++) {
    const from = midnight - day * MINUTES_A_DAY;
    const sums = history.days.get(dayAt(from * 60_000)) ?? { beats: 0, early: 0, covered: 0 };
    const beaten = sums.beats - sums.early;
    const missed = missedIn(timeline, { from, to: from + MINUTES_A_DAY - 1 }, beaten, sums.covered);
    tallies.push({ beaten, missed });
  }
  return tallies;
};

/** Counts all minutes since `born`, from the stored totals. */
export const tallyAll = (history: History, timeline: Timeline): Tally => {
  const { born, last } = timeline;
  const beaten = history.beats - history.early;
  // The clock that recorded a beat or a resume can be ahead of this one.
  const minutesAhead = [...history.minutes.keys()]
    .map(toIndex)
    .filter((minute) => minute > last && minute >= born);
  const coveredAhead = timeline.ended.reduce(
    (sum, pause) => sum + overlapOf(pause, { from: Math.max(born, last + 1), to: Infinity }),
    0,
  );
  // A beat that is recorded while the totals are read can be in one total and not in another.
  const by = { beaten: Math.max(0, beaten - minutesAhead.length), covered: history.covered - coveredAhead };
  return {
    beaten: by.beaten,
    missed: missedIn(timeline, { from: -Infinity, to: last }, by.beaten, by.covered),
  };
};

/** Beaten minutes in percent of the expected ones; null if none was expected. */
export const uptimeOf = ({ beaten, missed }: Tally): number | null => {
  const expected = beaten + missed;
  // Cut off after three decimals, so that 100 means that nothing was missed.
  return expected === 0 ? null : Math.floor((beaten * 100_000) / expected) / 1_000;
};

/** The missed minutes of a span: all minutes less the beaten, covered and pending ones. */
export const missedIn = (timeline: Timeline, span: Span, beaten: number, covered: number): number => {
  const { born, last, lastDue, open } = timeline;
  const within = { from: Math.max(born, span.from), to: Math.min(last, span.to) };
  const pending = count(timeline, { from: Math.max(within.from, lastDue + 1), to: within.to }, "pending");
  const coveredByOpen = open === undefined ? 0 : overlapOf(open, within);
  // Not below 0: the sums can be from different moments.
  return Math.max(0, lengthOf(within) - beaten - covered - coveredByOpen - pending);
};
