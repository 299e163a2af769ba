import {
  type Beat,
  type DaySums,
  type HistoryRange,
  MAX_PAST_PAUSES,
  type PastRange,
} from "../../domain/beat-store.ts";
import { type Day, isMinute, type Minute, startOf } from "../../domain/minute.ts";
import { NEVER } from "../../domain/pauses.ts";

/**
 * All rows are in one partition, so that one Query reads related rows together (docs/adr/0003, 0006). By sort key:
 *
 *     hour#2026-11-23T22   00…59: lateness in ms of each beaten minute
 *     live                 beats; born; newest (minute since born); early (beats before born);
 *                          slotMinutes: interval of the beats since born, absent if 1;
 *                          pausedFrom, openFrom: first minute of the last pause, and the first minute after it;
 *                          lastPaused: newest minute that was answered as paused while a pause was open
 *     live#rules           version; time, requestId, by: of the last change; lateAfter, downAfter;
 *                          pausedBy: version that began the open pause; covered: minutes since born that ended
 *                          pauses cover; pauses: [{ from, to }, …], recent ones
 *     month#2026-11        01…31: beats per day; early01…early31: those before born;
 *                          covered01…covered31: minutes since born that ended pauses cover;
 *                          early and covered have a meaning only from the day of born on
 *     pause#2026-11-23T22:41Z#000007   pause of version 7: reason; to: its last minute once it has ended, or the minute
 *                          before its first if it covered none; time, requestId, by
 */
export const PARTITION = "heart";
export const LIVE = "live";
export const SETTINGS = "live#rules";
export const PAUSE = "pause#";
export const HOUR = "hour#";
export const MONTH = "month#";

/** One hour. */
const RECENT_MS = 3_600_000;

/** A row without its keys. */
export type Row = Record<string, unknown>;

/** Sorts after every key that continues the text before it. */
const LAST = "~";

/** The row and attribute that mark a minute. */
export const hourOf = (minute: Minute) => ({
  row: `${HOUR}${minute.slice(0, 13)}`,
  attribute: minute.slice(14, 16),
});

/** Reverses `hourOf`; undefined for a row or attribute that marks no minute. */
export const readMark = (key: string, attribute: string): Minute | undefined => {
  const minute = `${key.slice(HOUR.length)}:${attribute}Z`;
  return isMinute(minute) ? minute : undefined;
};

/** The day of an attribute that is a sum of a day in the row of a month; undefined for any other attribute. */
export const readDaySum = (key: string, attribute: string): Day | undefined => {
  const [, number] = /^(?:early|covered)?(\d\d)$/.exec(attribute) ?? [];
  const day = `${key.slice(MONTH.length)}-${number}`;
  return isMinute(`${day}T00:00Z`) ? day : undefined;
};

/** The row and attribute that count the beats of a day. */
export const dayOf = (day: Day | Minute) => ({
  row: `${MONTH}${day.slice(0, 7)}`,
  attribute: day.slice(8, 10),
});

/** What to add to the sums of days, by row and attribute. */
export const daySums = (
  days: Iterable<readonly [Day, Partial<DaySums>]>,
): Map<string, Record<string, number>> => {
  const rows = new Map<string, Record<string, number>>();
  for (const [day, { beats = 0, early = 0, covered = 0 }] of days) {
    const { row, attribute } = dayOf(day);
    const sums = rows.get(row) ?? {};
    rows.set(row, sums);
    const added = { [attribute]: beats, [`early${attribute}`]: early, [`covered${attribute}`]: covered };
    for (const [name, sum] of Object.entries(added)) if (sum > 0) sums[name] = (sums[name] ?? 0) + sum;
  }
  return rows;
};

const pausesFrom = (minute: Minute) => `${PAUSE}${minute}`;

/**
 * The key of a pause. It contains the version, because a pause that ends before its first minute leaves that minute to
 * the next pause.
 */
export const pauseKey = (from: Minute, version: number): string =>
  `${pausesFrom(from)}#${String(version).padStart(6, "0")}`;

/** Reverses `pauseKey`; undefined for any other key. */
export const readPauseKey = (key: string): { from: Minute; version: number } | undefined => {
  const [, from, version] = /^pause#([^#]*)#(\d{6,})$/.exec(key) ?? [];
  return isMinute(from) ? { from, version: Number(version) } : undefined;
};

/** Rows from the first sort key to the last; with `newest`, only that number of the last ones. */
export interface RowRange {
  range: readonly [first: string, last: string];
  newest?: number;
}

/** The totals and the settings. */
export const LIVE_RANGE: RowRange = { range: [LIVE, `${LIVE}${LAST}`] };

/**
 * The row that marks the minute of a beat, and the row `live`. For a recent minute one Query reads both, because at most a
 * few rows are between them.
 */
export const markAndLive = ({ minute, recordedAt }: Beat): RowRange[] => {
  const { row } = hourOf(minute);
  const isRecent = recordedAt - startOf(minute) < RECENT_MS;
  return isRecent ? [{ range: [row, LIVE] }] : [{ range: [row, row] }, { range: [LIVE, LIVE] }];
};

/** The last pause that began in `minute` or before. Pauses do not overlap, so only this one can cover later minutes. */
export const lastPauseUpTo = (minute: Minute): RowRange => ({
  range: [PAUSE, `${pausesFrom(minute)}${LAST}`],
  newest: 1,
});

/** The rows of the past, one Query each. */
export const pastRangesOf = ({ days, pauses: { from, to = NEVER } }: PastRange): RowRange[] => [
  ...days.map(
    (day): RowRange => ({
      range: [hourOf(`${day}T00:00Z`).row, hourOf(`${day}T23:59Z`).row],
    }),
  ),
  { range: [pausesFrom(from), `${pausesFrom(to)}${LAST}`], newest: MAX_PAST_PAUSES },
  lastPauseUpTo(from),
];

/** The rows of a history, one Query each. Hour rows sort before `live`, so an open range reads both with one Query. */
export const rangesOf = ({ minutes, days }: HistoryRange): RowRange[] => {
  const ranges: RowRange[] = [];
  if (minutes === undefined) {
    ranges.push(LIVE_RANGE);
  } else if (minutes.to === undefined) {
    ranges.push({ range: [hourOf(minutes.from).row, `${LIVE}${LAST}`] });
  } else {
    ranges.push(
      LIVE_RANGE,
      { range: [hourOf(minutes.from).row, hourOf(minutes.to).row] },
      { range: [pausesFrom(minutes.from), `${pausesFrom(minutes.to)}${LAST}`] },
      lastPauseUpTo(minutes.from),
    );
  }
  if (days !== undefined) {
    const last = days.to === undefined ? `${MONTH}${LAST}` : dayOf(days.to).row;
    ranges.push({ range: [dayOf(days.from).row, last] });
  }
  return ranges;
};
