import type { History, Pause } from "./beat-store.ts";
import { fromIndex, MINUTES_A_DAY, type Minute, slotAt, toIndex } from "./minute.ts";
import type { StageRules } from "./thresholds.ts";

/** The state of a minute since the first beat was recorded. `pending`: its beat is not due yet. */
export const MARKS = ["beaten", "missed", "covered", "pending"] as const;
export type Mark = (typeof MARKS)[number];

/** Indexes of slots, both ends included; empty if `to` is before `from`. */
export interface Span {
  from: number;
  to: number;
}

/**
 * The state of each slot of a history at a given time. A slot is one interval of the schedule, so with the default
 * interval it is a minute. All numbers are indexes of slots, counted from the epoch.
 */
export interface Timeline {
  /** The minutes of a slot. */
  every: number;
  /** The stage has another interval, and no beat has been recorded under it yet. */
  isChanging: boolean;
  /** The slot in which the first beat was recorded; Infinity before that. */
  born: number;
  /** The current slot. */
  last: number;
  /** The newest slot whose beat is due. */
  lastDue: number;
  /** The slots of ended pauses. */
  ended: readonly Span[];
  /** The slots of the open pause; `to` is Infinity. */
  open: Span | undefined;
  /** The state of a slot within the range of the history; undefined before `born`. */
  markOf(slot: number): Mark | undefined;
  /** The index of the slot that contains a minute. */
  indexOf(minute: Minute): number;
  /** The first minute of a slot. */
  minuteOf(slot: number): Minute;
}

/** Slots in an hour and in a day. */
export const slotsAnHour = ({ every }: Pick<Timeline, "every">): number => 60 / every;
export const slotsADay = ({ every }: Pick<Timeline, "every">): number => MINUTES_A_DAY / every;

/** The interval of the statistics: that of the beats since `born`, and before the first beat that of the stage. */
export const intervalOf = (
  { born, slotMinutes = 1 }: Pick<History, "born" | "slotMinutes">,
  { every }: Pick<StageRules, "every">,
): number => (born === undefined ? every : slotMinutes);

/** `now` in ms since the epoch. */
export const createTimeline = (
  history: Pick<History, "born" | "newest" | "slotMinutes" | "minutes" | "pauses">,
  now: number,
  thresholds: Pick<StageRules, "lateAfter" | "every">,
): Timeline => {
  const every = intervalOf(history, thresholds);
  const isChanging = every !== thresholds.every;
  const indexOf = (minute: Minute) => toIndex(minute, every);
  const born = history.born === undefined ? Infinity : indexOf(history.born);
  // The schedule runs at the new interval already, so no slot of the old one becomes due after the newest beat.
  const lastExpected = isChanging
    ? history.newest === undefined
      ? born - 1
      : indexOf(history.newest)
    : Infinity;
  const lastDue = Math.min(lastDueAt(now, thresholds.lateAfter, every), lastExpected);
  const beaten = new Set([...history.minutes.keys()].map(indexOf));
  const pauses = history.pauses.map((pause) => slotsOf(pause, every));
  return {
    every,
    isChanging,
    born,
    last: slotAt(now, every),
    lastDue,
    ended: pauses.filter(({ to }) => to !== Infinity),
    open: pauses.find(({ to }) => to === Infinity),
    markOf(slot) {
      if (slot < born) return undefined;
      if (beaten.has(slot)) return "beaten";
      if (pauses.some(({ from, to }) => from <= slot && slot <= to)) return "covered";
      return slot <= lastDue ? "missed" : "pending";
    },
    indexOf,
    minuteOf: (slot) => fromIndex(slot, every),
  };
};

/**
 * The newest due slot of `every` minutes. A slot is due `lateAfter` less its own length after it starts. `now` in
 * milliseconds since the epoch, `lateAfter` in seconds.
 */
export const lastDueAt = (now: number, lateAfter: number, every = 1): number =>
  slotAt(now - (lateAfter - every * 60) * 1_000, every);

/** The slots of `every` minutes that begin within a pause. */
export const slotsOf = ({ from, to }: Pause, every: number): Span => ({
  from: Math.ceil(toIndex(from) / every),
  to: to === undefined ? Infinity : toIndex(to, every),
});

/** The beaten slots since `born` after the current one: EventBridge's clock can be ahead of this function's. */
export const slotsAhead = ({ minutes }: Pick<History, "minutes">, timeline: Timeline): number[] =>
  [...minutes.keys()].map(timeline.indexOf).filter((slot) => slot > timeline.last && slot >= timeline.born);

export const lengthOf = ({ from, to }: Span): number => Math.max(0, to - from + 1);

export const overlapOf = (a: Span, b: Span): number =>
  lengthOf({ from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) });

/** The first minute from `from` on that is neither beaten nor covered. */
export const firstOpenMinute = (
  { markOf, ended, open }: Pick<Timeline, "markOf" | "ended" | "open">,
  from: number,
): number => {
  const pauses = open === undefined ? ended : [...ended, open];
  let minute = from;
  for (;;) {
    const pause = pauses.find((each) => each.from <= minute && minute <= each.to);
    // Skips a pause in one step, because it can last for years.
    if (pause !== undefined) minute = pause.to + 1;
    else if (markOf(minute) === "beaten") minute++;
    else return minute;
  }
};

/** The runs of minutes with a mark within a span, oldest first. */
export const spansOf = ({ markOf }: Pick<Timeline, "markOf">, { from, to }: Span, mark: Mark): Span[] => {
  const spans: Span[] = [];
  for (let minute = from; minute <= to; minute++) {
    if (markOf(minute) !== mark) continue;
    const span = spans.at(-1);
    if (span?.to === minute - 1) span.to = minute;
    else spans.push({ from: minute, to: minute });
  }
  return spans;
};

/** The number of minutes with a mark within a span. */
export const count = ({ markOf }: Pick<Timeline, "markOf">, { from, to }: Span, mark: Mark): number => {
  let minutes = 0;
  for (let minute = from; minute <= to; minute++) if (markOf(minute) === mark) minutes++;
  return minutes;
};
