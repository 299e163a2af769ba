import type { History, HistoryRange } from "../domain/beat-store.ts";
import { dayAt, fromIndex, type Minute, momentAt, slotAt, startOf } from "../domain/minute.ts";
import { tallyAll, tallyDays, tallySlots, uptimeOf } from "../domain/tally.ts";
import type { StageRules } from "../domain/thresholds.ts";
import {
  createTimeline,
  firstOpenMinute,
  lastDueAt,
  slotsADay,
  slotsAnHour,
  type Timeline,
} from "../domain/timeline.ts";
import type { Pulse, State } from "../schemas/status.ts";
import { summarizeLastDay } from "./last-day.ts";
import { SERIES_SLOTS, toSeries } from "./series.ts";

export type { Pulse } from "../schemas/status.ts";

/**
 * True if the streak is longer than the 24 hours that a snapshot covers. It began at or before `since`, which then moves
 * with the time.
 */
export const isSinceAtLeast = ({ state, last24h }: Pick<Pulse, "state" | "last24h">): boolean =>
  state === "up" && last24h.streak.atLeast;

/** The number of days that a snapshot covers, today included. */
export const DAYS = 90;

/**
 * The range that `pulse` needs: 24 hours and the last 60 slots, the slots that are not due yet, and 90 days. `every` is the
 * interval of the history; it is known only after a first read.
 */
export const snapshotRange = (now: number, { lateAfter, every }: StageRules): HistoryRange => {
  const shown = slotAt(now, every) - Math.max(slotsADay({ every }), SERIES_SLOTS);
  return {
    minutes: { from: fromIndex(Math.min(shown, lastDueAt(now, lateAfter, every)) + 1, every) },
    days: { from: dayAt(now - (DAYS - 1) * 86_400_000) },
  };
};

/** Computes the snapshot at `now`, in ms since the epoch, from the history in `snapshotRange`. */
export const pulse = (history: History, now: number, thresholds: StageRules): Pulse => {
  const timeline = createTimeline(history, now, thresholds);
  const last24h = summarizeLastDay(history, timeline);
  const all = tallyAll(history, timeline);
  const limits = limitsOf(history, timeline, thresholds);
  const pause = currentPause(history);
  const { state, since } = stateAt(pause, limits, { now, streak: last24h.streak.from });
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
      "1h": uptimeOf(tallySlots(timeline, slotsAnHour(timeline))),
      "24h": uptimeOf(tallySlots(timeline, slotsADay(timeline))),
      "7d": uptimeOf(tallyDays(history, timeline, 7)),
      "30d": uptimeOf(tallyDays(history, timeline, 30)),
      "90d": uptimeOf(tallyDays(history, timeline, DAYS)),
      all: uptimeOf(all),
    },
    series: toSeries(history, timeline, DAYS),
    rules: { lateAfter: thresholds.lateAfter, downAfter: thresholds.downAfter },
    interval: { minutes: timeline.every, since: born },
    pause,
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
  { open, ended, every, indexOf }: Timeline,
  { lateAfter, downAfter }: StageRules,
): Limits | undefined => {
  if (open !== undefined || born === undefined) return undefined;
  const anchor = Math.max(indexOf(newest ?? born), ...ended.map(({ to }) => to)) * every * 60_000;
  return { anchor, late: anchor + lateAfter * 1_000, down: anchor + downAfter * 1_000 };
};

const stateAt = (
  pause: Pulse["pause"],
  limits: Limits | undefined,
  { now, streak }: { now: number; streak: Minute | null },
): { state: State; since: number | null } => {
  if (pause !== null) return { state: "paused", since: startOf(pause.from) };
  if (limits === undefined) return { state: "new", since: null };
  const { anchor, late, down } = limits;
  if (now >= down) return { state: "down", since: down };
  if (now >= late) return { state: "late", since: late };
  return { state: "up", since: streak === null ? anchor : startOf(streak) };
};

/** When the next slot becomes missed unless it is counted before; null if no slot is expected. */
const nextDueOf = (timeline: Timeline, { lateAfter }: StageRules): string | null => {
  const { born, open, lastDue, every, isChanging } = timeline;
  if (born === Infinity || open !== undefined || isChanging) return null;
  const slot = firstOpenMinute(timeline, Math.max(born, lastDue + 1));
  return momentAt((slot - 1) * every * 60_000 + lateAfter * 1_000);
};

const secondsSince = (time: number, now: number): number => Math.max(0, Math.floor((now - time) / 1_000));
