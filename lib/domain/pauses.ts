import type { DaySums, History, Pause } from "./beat-store.ts";
import { type Day, fromIndex, type Minute, minuteAfter, minuteAt, minuteBefore } from "./minute.ts";
import { overlapOf, slotsADay, slotsOf } from "./timeline.ts";

/** Sentinel for `openFrom` during a pause: later than any real minute. */
export const NEVER: Minute = "9999-12-31T23:59Z";

/** What the first and the last minute of a pause depend on. */
export interface PauseContext extends Pick<History, "born" | "newest"> {
  /** The first minute after the last pause; `NEVER` while it is open, undefined before the first pause. */
  openFrom: Minute | undefined;
  /** The interval of the beats since `born`; 1 if absent. */
  slotMinutes?: number | undefined;
  /** The newest minute that was answered as paused while a pause was open. */
  lastPaused: Minute | undefined;
}

/**
 * The first minute of a pause that begins now: after every beaten slot and after the previous pause. `every`: the interval
 * of the stage in minutes.
 */
export const pauseStart = (now: number, { born, newest, openFrom }: PauseContext, every = 1): Minute =>
  latest([minuteAt(now, every), openFrom, newest === undefined ? born : minuteAfter(newest, every)]);

/**
 * The last minute of a pause that ends now, which is the last one of its slot; the minute before `from` if the pause covers
 * none. A slot that was answered as paused is covered, even if it is after `now`: its event can arrive after the clock was
 * read.
 */
export const pauseEnd = (
  now: number,
  { from }: Pause,
  { lastPaused }: Pick<PauseContext, "lastPaused">,
  every = 1,
): Minute => {
  const endOf = (minute: Minute) => minuteBefore(minuteAfter(minute, every));
  return latest([endOf(minuteAt(now)), minuteBefore(from), lastPaused && endOf(lastPaused)]);
};

/** The last of the minutes in order of time; undefined ones are ignored. */
export const latest = (minutes: readonly (Minute | undefined)[]): Minute =>
  minutes.reduce<Minute>((a, b = "") => (a > b ? a : b), "");

export const covers = ({ from, to = NEVER }: Pause, minute: Minute): boolean =>
  from <= minute && minute <= to;

export type CoveredDay = readonly [Day, Pick<DaySums, "covered">];

/** The number of slots of `every` minutes since `born` that an ended pause covers, by day. */
export const coveredDays = (
  { from, to = from }: Pause,
  born: Minute | undefined,
  every = 1,
): CoveredDay[] => {
  const days: CoveredDay[] = [];
  if (born === undefined) return days;
  const perDay = slotsADay({ every });
  const span = slotsOf({ from: latest([born, from]), to }, every);
  const midnight = span.from - (span.from % perDay);
  for (let day = midnight; day <= span.to; day += perDay) {
    const covered = overlapOf(span, { from: day, to: day + perDay - 1 });
    if (covered > 0) days.push([fromIndex(day, every).slice(0, 10), { covered }]);
  }
  return days;
};

/** Longer than the largest threshold, 7 days, and than the last day, whose minutes are read one by one. */
const RECENT_MS = 8 * 86_400_000;

/**
 * The pauses to keep with the settings after one has begun or ended: recently ended pauses, the open one, and always
 * the latest ended one, because ages are measured from its end. `now` in milliseconds since the epoch.
 */
export const recentPauses = (
  pauses: readonly Pause[],
  { begun, ended }: { begun?: Pause | undefined; ended?: Pause | undefined },
  now: number,
): Pause[] => {
  const limit = minuteAt(now - RECENT_MS);
  const open = begun ?? (ended === undefined ? pauses.find(({ to }) => to === undefined) : undefined);
  const all = ended?.to === undefined ? pauses : [...pauses, { from: ended.from, to: ended.to }];
  const covering = all.filter(({ from, to = "" }) => to >= from);
  const recent = covering.filter(({ to = "" }, index) => to >= limit || index === covering.length - 1);
  return open === undefined ? recent : [...recent, open];
};
