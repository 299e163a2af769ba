import type { History, HistoryRange } from "../domain/beat-store.ts";
import { fromIndex, type Minute, momentAt, slotAt } from "../domain/minute.ts";
import { missedIn } from "../domain/tally.ts";
import type { StageRules } from "../domain/thresholds.ts";
import {
  createTimeline,
  lastDueAt,
  overlapOf,
  type Span,
  slotsADay,
  type Timeline,
} from "../domain/timeline.ts";
import type { HistoryPage, MinuteState, Sums } from "../schemas/history.ts";
import { BEGINNING, nameOf, positionOf } from "./granularity.ts";
import { type HistoryQuery, nextQuery } from "./query.ts";

/**
 * The range that a page needs. Minutes and hours need the minutes. Days need the sums of the days, and the minutes of
 * those days that can still change.
 */
export const pageRange = (
  query: HistoryQuery,
  now: number,
  { lateAfter, every }: StageRules,
): HistoryRange => {
  const { step, last } = query;
  const present = slotAt(now, 1);
  const span = {
    from: oldestOf(query) * step.minutes,
    to: Math.min(present, (last + 1) * step.minutes - 1),
  };
  if (step.name !== "day") return { minutes: namesOf(span) };
  const today = present - (present % slotsADay({ every: 1 }));
  // Today's slots, and those that are not due yet, are read one by one: the sum of their day does not tell them apart.
  const firstUnsettled = Math.min(today, (lastDueAt(now, lateAfter, every) + 1) * every);
  const unsettled = { from: Math.max(span.from, firstUnsettled), to: span.to };
  const days = { from: nameOf(step, oldestOf(query)), to: nameOf(step, last) };
  return unsettled.from > unsettled.to ? { days } : { days, minutes: namesOf(unsettled) };
};

/** Creates the page at `now`, in ms since the epoch, from the history in `pageRange`. */
export const historyPage = (
  history: History,
  query: HistoryQuery,
  now: number,
  rules: StageRules,
): HistoryPage => {
  const { step, first, last } = query;
  const timeline = createTimeline(history, now, rules);
  const end = first ?? positionOf(step, timeline.born * timeline.every);
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

const itemAt = (position: number, { step }: HistoryQuery, history: History, timeline: Timeline) => {
  const name = nameOf(step, position);
  const slots = step.minutes / timeline.every;
  const from = position * slots;
  const span = { from, to: Math.min(timeline.last, from + slots - 1) };
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
        ...(timeline.last < from + slots
          ? sumMinutes(span, history, timeline)
          : sumDay(history.days.get(name), span, timeline)),
      };
  }
};

const minuteState = (slot: number, history: History, timeline: Timeline): MinuteState =>
  timeline.markOf(slot) ?? (earlyIn({ from: slot, to: slot }, history, timeline) > 0 ? "early" : "unborn");

/** The number of beats of a span before `born`. They can be beats of another interval, so they are counted by minute. */
const earlyIn = ({ from, to }: Span, { minutes }: History, { born, indexOf }: Timeline): number =>
  [...minutes.keys()].map(indexOf).filter((slot) => slot < born && slot >= from && slot <= to).length;

/** Sums up a span by its slots. */
const sumMinutes = (span: Span, history: History, timeline: Timeline): Sums => {
  const slots = { beaten: 0, missed: 0, covered: 0, pending: 0 };
  for (let slot = Math.max(span.from, timeline.born); slot <= span.to; slot++) {
    const mark = timeline.markOf(slot);
    if (mark !== undefined) slots[mark]++;
  }
  const { beaten, missed, covered } = slots;
  const early = earlyIn(span, history, timeline);
  return { beats: beaten + early, expected: beaten + early + missed, missed, covered, early };
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
