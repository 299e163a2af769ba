import type { History, HistoryRange } from "../domain/beat-store.ts";
import { fromIndex, MINUTES_A_DAY, type Minute, momentAt } from "../domain/minute.ts";
import { missedIn } from "../domain/tally.ts";
import type { Thresholds } from "../domain/thresholds.ts";
import { createTimeline, lastDueAt, overlapOf, type Span, type Timeline } from "../domain/timeline.ts";
import type { HistoryPage, MinuteState, Sums } from "../schemas/history.ts";
import { BEGINNING, nameOf, positionOf } from "./granularity.ts";
import { type HistoryQuery, nextQuery } from "./query.ts";

/**
 * The range that a page needs. Minutes and hours need the minutes. Days need the sums of the days, and the minutes of
 * those days that can still change.
 */
export const pageRange = (query: HistoryQuery, now: number, { lateAfter }: Thresholds): HistoryRange => {
  const { step, last } = query;
  const present = Math.floor(now / 60_000);
  const span = {
    from: oldestOf(query) * step.minutes,
    to: Math.min(present, (last + 1) * step.minutes - 1),
  };
  if (step.name !== "day") return { minutes: namesOf(span) };
  const unsettled = {
    from: Math.max(span.from, firstUnsettled(present, lastDueAt(now, lateAfter))),
    to: span.to,
  };
  const days = { from: nameOf(step, oldestOf(query)), to: nameOf(step, last) };
  return unsettled.from > unsettled.to ? { days } : { days, minutes: namesOf(unsettled) };
};

/** Creates the page at `now`, in ms since the epoch, from the history in `pageRange`. */
export const historyPage = (
  history: History,
  query: HistoryQuery,
  now: number,
  thresholds: Thresholds,
): HistoryPage => {
  const { step, first, last } = query;
  const timeline = createTimeline(history, now, thresholds);
  const end = first ?? positionOf(step, timeline.born);
  const oldest = Math.max(oldestOf(query), end);
  const items: HistoryPage["items"] = [];
  for (let position = last; position >= oldest; position--)
    items.push(itemAt(position, query, history, timeline));
  return {
    now: momentAt(now),
    step: step.name,
    items,
    next: oldest > end ? nextQuery(query, oldest) : null,
  };
};

/** The oldest position that fits on the page. */
const oldestOf = ({ step, limit, first, last }: HistoryQuery): number =>
  Math.max(first ?? positionOf(step, BEGINNING), last - limit + 1);

const namesOf = ({ from, to }: Span): { from: Minute; to: Minute } => ({
  from: fromIndex(from),
  to: fromIndex(to),
});

/** The first minute that is read by itself rather than in the sum of its day: today's minutes, and those not due yet. */
const firstUnsettled = (present: number, lastDue: number): number =>
  Math.min(present - (present % MINUTES_A_DAY), lastDue + 1);

const itemAt = (position: number, { step }: HistoryQuery, history: History, timeline: Timeline) => {
  const name = nameOf(step, position);
  const from = position * step.minutes;
  const span = { from, to: Math.min(timeline.last, from + step.minutes - 1) };
  switch (step.name) {
    case "minute":
      return {
        minute: name,
        state: minuteState(from, history, timeline),
        lateness: history.minutes.get(name) ?? null,
      };
    case "hour":
      return { hour: name, ...sumMinutes(span, history, timeline) };
    case "day":
      return {
        day: name,
        ...(positionOf(step, timeline.last) === position
          ? sumMinutes(span, history, timeline)
          : sumDay(history.days.get(name), span, timeline)),
      };
  }
};

const minuteState = (minute: number, { minutes }: History, { markOf }: Timeline): MinuteState =>
  markOf(minute) ?? (minutes.has(fromIndex(minute)) ? "early" : "unborn");

/** Sums up a span by its minutes. */
const sumMinutes = ({ from, to }: Span, history: History, timeline: Timeline): Sums => {
  const minutes = { beaten: 0, early: 0, missed: 0, covered: 0, pending: 0, unborn: 0 };
  for (let minute = from; minute <= to; minute++) minutes[minuteState(minute, history, timeline)]++;
  const { early, missed, covered } = minutes;
  const beats = minutes.beaten + early;
  return { beats, expected: beats + missed, missed, covered, early };
};

/** Sums up a past day by its stored sums. */
const sumDay = (
  { beats, early, covered } = { beats: 0, early: 0, covered: 0 },
  span: Span,
  timeline: Timeline,
): Sums => {
  const { open, born } = timeline;
  const missed = missedIn(timeline, span, beats - early, covered);
  const coveredByOpen =
    open === undefined ? 0 : overlapOf(open, { ...span, from: Math.max(born, span.from) });
  return { beats, expected: beats + missed, missed, covered: covered + coveredByOpen, early };
};
