import type { History } from "./beat-store.ts";
import { dayAt, MINUTES_A_DAY, toIndex } from "./minute.ts";
import { count, lengthOf, overlapOf, type Span, type Timeline } from "./timeline.ts";

export interface Tally {
  beaten: number;
  missed: number;
}

/** The last `minutes` minutes, this one included, each looked at. */
export const tallyMinutes = (timeline: Timeline, minutes: number): Tally =>
  tallySpan(timeline, { from: timeline.last - minutes + 1, to: timeline.last });

/** Minutes that the history reaches back to, each looked at. */
export const tallySpan = (timeline: Timeline, span: Span): Tally => ({
  beaten: count(timeline, span, "beaten"),
  missed: count(timeline, span, "missed"),
});

/** Today and the whole days before it. */
export const tallyDays = (history: History, timeline: Timeline, days: number): Tally =>
  tallyEachDay(history, timeline, days).reduce((a, b) => ({
    beaten: a.beaten + b.beaten,
    missed: a.missed + b.missed,
  }));

/** Today, each minute looked at, then the whole days before it, newest first, by their sums. */
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

/** All minutes since the heart was born, by the sums of all time. */
export const tallyAll = (history: History, timeline: Timeline): Tally => {
  const { born, last } = timeline;
  const beaten = history.beats - history.early;
  // The clock of whoever sent a beat, or resumed, may be ahead of ours.
  const minutesAhead = [...history.minutes.keys()]
    .map(toIndex)
    .filter((minute) => minute > last && minute >= born);
  const coveredAhead = timeline.ended.reduce(
    (sum, pause) => sum + overlapOf(pause, { from: Math.max(born, last + 1), to: Infinity }),
    0,
  );
  // As in `missedIn`: the sums may not be of one moment.
  const by = { beaten: Math.max(0, beaten - minutesAhead.length), covered: history.covered - coveredAhead };
  return {
    beaten: by.beaten,
    missed: missedIn(timeline, { from: -Infinity, to: last }, by.beaten, by.covered),
  };
};

/** Beaten of expected minutes, in percent; null where none was expected. */
export const uptimeOf = ({ beaten, missed }: Tally): number | null => {
  const expected = beaten + missed;
  // Cut off, not rounded: 100 means that nothing was missed.
  return expected === 0 ? null : Math.floor((beaten * 100_000) / expected) / 1_000;
};

/** What is left of a span when what beat, what ended pauses cover and what else is not expected is taken off. */
export const missedIn = (timeline: Timeline, span: Span, beaten: number, covered: number): number => {
  const { born, last, lastDue, open } = timeline;
  const within = { from: Math.max(born, span.from), to: Math.min(last, span.to) };
  const pending = count(timeline, { from: Math.max(within.from, lastDue + 1), to: within.to }, "pending");
  const coveredByOpen = open === undefined ? 0 : overlapOf(open, within);
  // A beat that is recorded while the sums are read can be in one and not in another.
  return Math.max(0, lengthOf(within) - beaten - covered - coveredByOpen - pending);
};
