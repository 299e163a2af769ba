import type { History } from "./beat-store.ts";
import { toIndex } from "./minute.ts";
import type { Thresholds } from "./thresholds.ts";

/** The state of a minute since the first beat was recorded. `pending`: its beat is not due yet. */
export const MARKS = ["beaten", "missed", "covered", "pending"] as const;
export type Mark = (typeof MARKS)[number];

/** Minute indexes of `toIndex`, both ends included; empty if `to` is before `from`. */
export interface Span {
  from: number;
  to: number;
}

/** The state of each minute of a history at a given time. All minutes are indexes of `toIndex`. */
export interface Timeline {
  /** The minute in which the first beat was recorded; Infinity before that. */
  born: number;
  /** The current minute. */
  last: number;
  /** The newest minute whose beat is due. */
  lastDue: number;
  /** The minutes of ended pauses. */
  ended: readonly Span[];
  /** The minutes of the open pause; `to` is Infinity. */
  open: Span | undefined;
  /** The state of a minute within the range of the history; undefined before `born`. */
  markOf(minute: number): Mark | undefined;
}

export const createTimeline = (
  history: Pick<History, "born" | "minutes" | "pauses">,
  now: number,
  { lateAfter }: Thresholds,
): Timeline => {
  const born = history.born === undefined ? Infinity : toIndex(history.born);
  const lastDue = lastDueAt(now, lateAfter);
  const beaten = new Set([...history.minutes.keys()].map(toIndex));
  const pauses = history.pauses.map(({ from, to }) => ({
    from: toIndex(from),
    to: to === undefined ? Infinity : toIndex(to),
  }));
  return {
    born,
    last: Math.floor(now / 60_000),
    lastDue,
    ended: pauses.filter(({ to }) => to !== Infinity),
    open: pauses.find(({ to }) => to === Infinity),
    markOf(minute) {
      if (minute < born) return undefined;
      if (beaten.has(minute)) return "beaten";
      if (pauses.some(({ from, to }) => from <= minute && minute <= to)) return "covered";
      return minute <= lastDue ? "missed" : "pending";
    },
  };
};

/** The newest due minute. A minute is due `lateAfter − 60` seconds after it starts. `now` in milliseconds since the epoch. */
export const lastDueAt = (now: number, lateAfter: number): number =>
  Math.floor((now / 1_000 - lateAfter + 60) / 60);

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
