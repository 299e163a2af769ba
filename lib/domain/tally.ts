import type { History } from "./beat-store.ts";
import type { Day } from "./minute.ts";
import { count, lengthOf, overlapOf, type Span, slotsADay, slotsAhead, type Timeline } from "./timeline.ts";

export interface Tally {
  beaten: number;
  missed: number;
}

export interface SpanTally extends Tally {
  /** Slots since `born` that pauses cover. They are neither beaten nor missed. */
  covered: number;
}

/** Tallies the last `slots` slots, including the current one, from their marks. */
export const tallySlots = (timeline: Timeline, slots: number): SpanTally =>
  tallySpan(timeline, { from: timeline.last - slots + 1, to: timeline.last });

/** Tallies a span from the marks of its slots. The history must contain all of them. */
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

/** Tallies each of `days` UTC days, newest first: today from the marks of its slots, each day before it from its sums. */
export const tallyEachDay = (
  history: History,
  timeline: Timeline,
  days: number,
): (SpanTally & { from: Day })[] => {
  const { last, minuteOf } = timeline;
  const perDay = slotsADay(timeline);
  const midnight = last - (last % perDay);
  return Array.from({ length: days }, (_, ago) => {
    const from = midnight - ago * perDay;
    const day = minuteOf(from).slice(0, 10);
    if (ago === 0) return { from: day, ...tallySpan(timeline, { from, to: last }) };
    const sums = history.days.get(day) ?? { beats: 0, early: 0, covered: 0 };
    const beaten = sums.beats - sums.early;
    const span = { from, to: from + perDay - 1 };
    const missed = missedIn(timeline, span, beaten, sums.covered);
    return { from: day, beaten, missed, covered: sums.covered + coveredByOpen(timeline, span) };
  });
};

/** Tallies all slots since the first beat was recorded, from the totals of all time. */
export const tallyAll = (history: History, timeline: Timeline): Tally => {
  const { born, last } = timeline;
  const beaten = history.beats - history.early;
  // The clock of the function that ended a pause can be ahead of this one's.
  const coveredAhead = timeline.ended.reduce(
    (sum, pause) => sum + overlapOf(pause, { from: Math.max(born, last + 1), to: Infinity }),
    0,
  );
  // A beat that is recorded during the read can be in the minutes and not yet in the totals.
  const beatenUntilNow = Math.max(0, beaten - slotsAhead(history, timeline).length);
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
