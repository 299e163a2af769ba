import type { History } from "./beat-store.ts";
import { toIndex } from "./minute.ts";
import type { Thresholds } from "./thresholds.ts";

/** The state of a minute since `born`. `pending`: its beat can still arrive in time. */
export const MARKS = ["beaten", "missed", "covered", "pending"] as const;
export type Mark = (typeof MARKS)[number];

/** Minutes by their index, both ends included; empty if `to` is before `from`. */
export interface Span {
  from: number;
  to: number;
}

/** A history by the minute. */
export interface Timeline {
  /** Infinity before the first beat. */
  born: number;
  /** The current minute. No later minute is expected. */
  last: number;
  /** The newest minute that is due: without a beat it is missed. */
  lastDue: number;
  ended: readonly Span[];
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

/** The newest due minute: a minute is due `lateAfter - 60` seconds after it starts. */
export const lastDueAt = (now: number, lateAfter: number): number =>
  Math.floor((now / 1_000 - lateAfter + 60) / 60);

export const lengthOf = ({ from, to }: Span): number => Math.max(0, to - from + 1);

export const overlapOf = (a: Span, b: Span): number =>
  lengthOf({ from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) });

/** The first minute from `from` on that is neither beaten nor covered by a pause. */
export const firstOpenMinute = (
  { markOf, ended, open }: Pick<Timeline, "markOf" | "ended" | "open">,
  from: number,
): number => {
  let minute = from;
  for (;;) {
    const pause = [...ended, ...(open === undefined ? [] : [open])].find(
      (each) => each.from <= minute && minute <= each.to,
    );
    // One step per pause, however long it is.
    if (pause !== undefined) minute = pause.to + 1;
    else if (markOf(minute) === "beaten") minute++;
    else return minute;
  }
};

/** The ranges of consecutive minutes in one state, oldest first. */
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

/** The number of minutes in one state. */
export const count = ({ markOf }: Pick<Timeline, "markOf">, { from, to }: Span, mark: Mark): number => {
  let minutes = 0;
  for (let minute = from; minute <= to; minute++) if (markOf(minute) === mark) minutes++;
  return minutes;
};
