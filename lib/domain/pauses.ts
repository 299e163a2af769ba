import type { DaySums, History, Pause } from "./beat-store.ts";
import {
  type Day,
  dayAt,
  MINUTES_A_DAY,
  type Minute,
  minuteAfter,
  minuteAt,
  minuteBefore,
  toIndex,
} from "./minute.ts";
import { overlapOf } from "./timeline.ts";

/** Sentinel for `openFrom` during a pause: later than any real minute. */
export const NEVER: Minute = "9999-12-31T23:59Z";

/** The stored values that decide where a pause begins and ends. */
export interface PauseContext extends Pick<History, "born" | "newest"> {
  /** The first minute after all pauses. */
  openFrom: Minute | undefined;
  /** The newest minute that was answered as paused while a pause was open. */
  lastPaused: Minute | undefined;
}

/** The first minute of a pause that begins now: after the newest beaten minute and after every other pause. */
export const pauseStart = (now: number, { born, newest, openFrom }: PauseContext): Minute =>
  latest([minuteAt(now), openFrom, newest === undefined ? born : minuteAfter(newest)]);

/**
 * The last minute of a pause that ends now, or the minute before `from` if it covers none. The pause covers every minute
 * that was answered as paused, even one after `now`: its event can arrive after the clock was read.
 */
export const pauseEnd = (
  now: number,
  { from }: Pause,
  { lastPaused }: Pick<PauseContext, "lastPaused">,
): Minute => latest([minuteAt(now), minuteBefore(from), lastPaused]);

const latest = (minutes: (Minute | undefined)[]): Minute =>
  minutes.reduce<Minute>((a, b = "") => (a > b ? a : b), "");

export const covers = ({ from, to = NEVER }: Pause, minute: Minute): boolean =>
  from <= minute && minute <= to;

export type CoveredDay = readonly [Day, Pick<DaySums, "covered">];

/** The number of minutes since `born` that an ended pause covers, by day. */
export const coveredDays = ({ from, to = from }: Pause, born: Minute | undefined): CoveredDay[] => {
  const days: CoveredDay[] = [];
  if (born === undefined) return days;
  const span = { from: toIndex(born > from ? born : from), to: toIndex(to) };
  const midnight = span.from - (span.from % MINUTES_A_DAY);
  for (let day = midnight; day <= span.to; day += MINUTES_A_DAY) {
    const covered = overlapOf(span, { from: day, to: day + MINUTES_A_DAY - 1 });
    if (covered > 0) days.push([dayAt(day * 60_000), { covered }]);
  }
  return days;
};

/** Longer than any minute can be pending, and than any range that is read by the minute. */
const RECENT_MS = 8 * 86_400_000;

/**
 * The recent pauses after one has begun or ended, in order of time: recently ended ones, always the latest one, because
 * ages run from its resume, and the open one.
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
  return [
    ...covering.filter(({ to = "" }, index) => to >= limit || index === covering.length - 1),
    ...(open === undefined ? [] : [open]),
  ];
};
