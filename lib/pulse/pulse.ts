import type { History, HistoryRange } from "../domain/beat-store.ts";
import {
  dayAt,
  fromIndex,
  MINUTES_A_DAY,
  type Minute,
  momentAt,
  startOf,
  toIndex,
} from "../domain/minute.ts";
import { tallyAll, tallyDays, tallyMinutes, uptimeOf } from "../domain/tally.ts";
import type { Thresholds } from "../domain/thresholds.ts";
import { createTimeline, firstOpenMinute, lastDueAt, type Timeline } from "../domain/timeline.ts";
import type { Pulse, State } from "../schemas/status.ts";
import { summarizeLastDay } from "./last-day.ts";
import { toSeries } from "./series.ts";

export type { Pulse } from "../schemas/status.ts";

/**
 * True if the streak is longer than the 24 hours that a snapshot covers. It began at or before `since`, which then moves
 * with the time.
 */
export const isSinceAtLeast = ({ state, last24h }: Pick<Pulse, "state" | "last24h">): boolean =>
  state === "up" && last24h.streak.atLeast;

const DAYS = 90;

/** The range that `pulse` needs: 24 hours, the minutes that are not due yet, and 90 days. */
export const snapshotRange = (now: number, { lateAfter }: Thresholds): HistoryRange => {
  const last = Math.floor(now / 60_000);
  return {
    minutes: { from: fromIndex(Math.min(last - MINUTES_A_DAY, lastDueAt(now, lateAfter)) + 1) },
    days: { from: dayAt(now - (DAYS - 1) * 86_400_000) },
  };
};

/** Computes the snapshot at `now`, in ms since the epoch, from the history in `snapshotRange`. */
export const pulse = (history: History, now: number, thresholds: Thresholds): Pulse => {
  const timeline = createTimeline(history, now, thresholds);
  const last24h = summarizeLastDay(history, timeline);
  const all = tallyAll(history, timeline);
  const limits = limitsOf(history, timeline, thresholds);
  const { state, since } = stateAt(timeline, limits, { now, streak: last24h.streak.from });
  const { beats, born = null, newest } = history;
  return {
    now: momentAt(now),
    state,
    // The clock that stamped a beat can be ahead of this one.
    since: since === null ? null : momentAt(Math.min(since, now)),
    born,
    beats,
    expected: beats + all.missed,
    missed: all.missed,
    newest: newest === undefined ? null : { minute: newest, age: secondsSince(startOf(newest), now) },
    nextDue: nextDueOf(timeline, thresholds),
    lateAt: limits === undefined ? null : momentAt(limits.late),
    downAt: limits === undefined ? null : momentAt(limits.down),
    last24h,
    uptime: {
      "1h": uptimeOf(tallyMinutes(timeline, 60)),
      "24h": uptimeOf(tallyMinutes(timeline, MINUTES_A_DAY)),
      "7d": uptimeOf(tallyDays(history, timeline, 7)),
      "30d": uptimeOf(tallyDays(history, timeline, 30)),
      "90d": uptimeOf(tallyDays(history, timeline, DAYS)),
      all: uptimeOf(all),
    },
    series: toSeries(history, timeline, DAYS),
    rules: thresholds,
    pause: currentPause(history),
  };
};

const currentPause = ({ pauses }: History): Pulse["pause"] => {
  const open = pauses.find(({ to }) => to === undefined);
  return open === undefined ? null : { from: open.from, reason: open.reason ?? null };
};

/** In ms since the epoch. */
interface Limits {
  /** The time from which `lateAfter` and `downAfter` run. */
  anchor: number;
  late: number;
  down: number;
}

/**
 * When the state becomes late and down unless a newer minute is counted first; in the past if it is late or down already.
 * Undefined if the state is new or paused.
 */
const limitsOf = (
  { born, newest }: History,
  { open, ended }: Timeline,
  { lateAfter, downAfter }: Thresholds,
): Limits | undefined => {
  if (open !== undefined || born === undefined) return undefined;
  const anchor = Math.max(toIndex(newest ?? born), ...ended.map(({ to }) => to)) * 60_000;
  return { anchor, late: anchor + lateAfter * 1_000, down: anchor + downAfter * 1_000 };
};

const stateAt = (
  { open }: Timeline,
  limits: Limits | undefined,
  { now, streak }: { now: number; streak: Minute | null },
): { state: State; since: number | null } => {
  if (open !== undefined) return { state: "paused", since: open.from * 60_000 };
  if (limits === undefined) return { state: "new", since: null };
  const { anchor, late, down } = limits;
  if (now >= down) return { state: "down", since: down };
  if (now >= late) return { state: "late", since: late };
  return { state: "up", since: streak === null ? anchor : startOf(streak) };
};

/** When the next minute becomes missed unless it is counted before; null if no minute is expected. */
const nextDueOf = (timeline: Timeline, { lateAfter }: Thresholds): string | null => {
  const { born, open, lastDue } = timeline;
  if (born === Infinity || open !== undefined) return null;
  const minute = firstOpenMinute(timeline, Math.max(born, lastDue + 1));
  return momentAt(minute * 60_000 + (lateAfter - 60) * 1_000);
};

const secondsSince = (time: number, now: number): number => Math.max(0, Math.floor((now - time) / 1_000));
