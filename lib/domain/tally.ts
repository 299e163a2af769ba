import type { History } from "./beat-store.ts";
import { dayAt, MINUTES_A_DAY, toIndex } from "./minute.ts";
import { count, lengthOf, overlapOf, type Span, type Timeline } from "./timeline.ts";

export interface Tally {
  beaten: number;
  missed: number;
}

export interface SpanTally extends Tally {
  /** Minutes since `born` that pauses cover. They are neither beaten nor missed. */
  covered: number;
}

/** Tallies the last `minutes` minutes, including the current one, from their marks. */
export const tallyMinutes = (timeline: Timeline, minutes: number): SpanTally =>
  tallySpan(timeline, { from: timeline.last - minutes + 1, to: timeline.last });

/** Tallies a span from the marks of its minutes. The history must contain all of them. */
export const tallySpan = (timeline: Timeline, span: Span): SpanTally => ({
  beaten: count(timeline, span, "beaten"),
  missed: count(timeline, span, "missed"),
  covered: count(timeline, span, "covered"),
});

/** Tallies `days` UTC days: today and the whole days before it. */
export const tallyDays = (history: History, timeline: Timeline, days: number): Tally =>
  tallyEachDay(history, timeline, days).reduce<Tally>(
    (a, b) => ({ beaten: a.beaten + b.beaten, missed: a.missed + b.missed }),
    { beaten: 0, missed: 0 },
  );

/** Tallies each of `days` UTC days, newest first: today from the marks of its minutes, each day before it from its sums. */
export const tallyEachDay = (history: History, timeline: Timeline, days: number): SpanTally[] => {
  const midnight = timeline.last - (timeline.last % MINUTES_A_DAY);
  const tallies = [tallySpan(timeline, { from: midnight, to: timeline.last })];
  for (let day = 1; day < days; day++) {
    const from = midnight - day * MINUTES_A_DAY;
    const sums = history.days.get(dayAt(from * 60_000)) ?? { beats: 0, early: 0, covered: 0 };
    const beaten = sums.beats - sums.early;
    const span = { from, to: from + MINUTES_A_DAY - 1 };
    const missed = missedIn(timeline, span, beaten, sums.covered);
    tallies.push({ beaten, missed, covered: sums.covered + coveredByOpen(timeline, span) });
  }
  return tallies;
};

/** Tallies all minutes since the first beat was recorded, from the totals of all time. */
export const tallyAll = (history: History, timeline: Timeline): Tally => {
  const { born, last } = timeline;
  const beaten = history.beats - history.early;
  // EventBridge's clock can be ahead of this function's, and so can the clock of the function that ended a pause.
  const minutesAhead = [...history.minutes.keys()]
    .map(toIndex)
    .filter((minute) => minute > last && minute >= born);
  const coveredAhead = timeline.ended.reduce(
    (sum, pause) => sum + overlapOf(pause, { from: Math.max(born, last + 1), to: Infinity }),
    0,
  );
  // A beat that is recorded during the read can be in the minutes and not yet in the totals.
  const beatenUntilNow = Math.max(0, beaten - minutesAhead.length);
  const coveredUntilNow = history.covered - coveredAhead;
  return {
    beaten: beatenUntilNow,
    missed: missedIn(timeline, { from: -Infinity, to: last }, beatenUntilNow, coveredUntilNow),
  };
};

/** The share of expected minutes that are beaten, in percent; null if none was expected. */
export const uptimeOf = ({ beaten, missed }: Tally): number | null => {
  const expected = beaten + missed;
  // Rounded down, so that 100 means that nothing was missed.
  return expected === 0 ? null : Math.floor((beaten * 100_000) / expected) / 1_000;
};

/**
 * The missed minutes of a span: those since `born` up to now, less the `beaten` ones, those that ended pauses (`covered`)
 * and the open pause cover, and the pending ones.
 */
export const missedIn = (timeline: Timeline, span: Span, beaten: number, covered: number): number => {
  const within = sinceBorn(timeline, span);
  const notDue = { from: Math.max(within.from, timeline.lastDue + 1), to: within.to };
  const pending = count(timeline, notDue, "pending");
  // Never below 0: a beat that is recorded during the read can be in one sum and not in another.
  return Math.max(0, lengthOf(within) - beaten - covered - coveredByOpen(timeline, span) - pending);
};

/** The part of a span from `born` to now. */
const sinceBorn = ({ born, last }: Timeline, { from, to }: Span): Span => ({
  from: Math.max(born, from),
  to: Math.min(last, to),
});

const coveredByOpen = (timeline: Timeline, span: Span): number =>
  timeline.open === undefined ? 0 : overlapOf(timeline.open, sinceBorn(timeline, span));
