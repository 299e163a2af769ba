import type { History } from "./beat-store.ts";
import { toIndex } from "./minute.ts";
import type { Thresholds } from "./thresholds.ts";

/** What became of a minute since the heart was born; `pending`: it may still beat in time. */
export const MARKS = ["beaten", "missed", "covered", "pending"] as const;
export type Mark = (typeof MARKS)[number];

/** Both ends included; empty where `to` is before `from`. Minutes as `toIndex` tells them. */
export interface Span {
  from: number;
  to: number;
}

/** The minutes of a history by their marks. */
export interface Timeline {
  /** Infinity: not yet. */
  born: number;
  /** The minute of now: none after it is expected. */
  last: number;
  /** The newest minute that should have beaten by now. */
  lastDue: number;
  ended: readonly Span[];
  open: Span | undefined;
  /** Of a minute that the history reaches back to; undefined before `born`. */
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

/** Due is a minute once its absence makes late a heart whose newest beat is the minute before. */
export const lastDueAt = (now: number, lateAfter: number): number =>
  Math.floor((now / 1_000 - lateAfter + 60) / 60);

export const lengthOf = ({ from, to }: Span): number => Math.max(0, to - from + 1);

export const overlapOf = (a: Span, b: Span): number =>
  lengthOf({ from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) });

/** The first minute from `from` on that has not beaten and that no pause covers. */
export const firstOpenMinute = (
  { markOf, ended, open }: Pick<Timeline, "markOf" | "ended" | "open">,
  from: number,
): number => {
  let minute = from;
  for (;;) {
    const pause = [...ended, ...(open === undefined ? [] : [open])].find(
      (each) => each.from <= minute && minute <= each.to,
    );
    // Over a pause in one step, whatever its length.
    if (pause !== undefined) minute = pause.to + 1;
    else if (markOf(minute) === "beaten") minute++;
    else return minute;
  }
};

/** The runs of minutes that bear a mark, within a span, oldest first. */
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

/** The minutes of a span that bear a mark. */
export const count = ({ markOf }: Pick<Timeline, "markOf">, { from, to }: Span, mark: Mark): number => {
  let minutes = 0;
  for (let minute = from; minute <= to; minute++) if (markOf(minute) === mark) minutes++;
  return minutes;
};
