import {
  type DaySums,
  type History,
  type HistoryRange,
  MalformedRowError,
  type Past,
  type Pause,
  type SnapshotRange,
} from "../domain/beat-store.ts";
import { formatValue } from "../domain/format-value.ts";
import { type Day, isMinute, type Minute, minuteBefore } from "../domain/minute.ts";
import { NEVER } from "../domain/pauses.ts";
import type { ChangeInfo, OpenPause, Settings } from "../domain/settings-store.ts";
import type { Thresholds } from "../domain/thresholds.ts";

/**
 * One partition, so that one Query can take neighbouring rows together (docs/adr/0003, 0006):
 *
 *     hour#2026-11-23T22   00…59 = lateness in ms of each beaten minute
 *     live                 beats; born; newest (of the minutes since born); early (beats before born);
 *                          pausedFrom, openFrom = the last pause's first minute, and the first after it;
 *                          lastPaused = the newest minute answered as paused while a pause was open
 *     live#rules           version; time, requestId, by = whose; lateAfter, downAfter; pausedBy = version of
 *                          the pause that goes on;
 *                          covered (minutes since born, of ended pauses); pauses = [{ from, to }, …] of late
 *     month#2026-11        01…31 = beats of each day; early01…early31 = those of minutes before born;
 *                          covered01…covered31 = minutes since born that ended pauses cover
 *     pause#2026-11-23T22:41Z#000007   of version 7: reason; to = its last minute, once it has ended, or the
 *                          one before its first if it covered none; time, requestId, by = whose pause
 */
export const PARTITION = "heart";
export const LIVE = "live";
export const RULES = "live#rules";

/** Sorts after every row that begins with the text before it. */
const LAST = "~";

/** Where a minute is marked. */
export const hourOf = (minute: Minute) => ({
  row: `hour#${minute.slice(0, 13)}`,
  attribute: minute.slice(14, 16),
});

/** Where a day, or a minute's day, is summed. */
export const dayOf = (day: Day | Minute) => ({
  row: `month#${day.slice(0, 7)}`,
  attribute: day.slice(8, 10),
});

/** What is to be added to the sums of days, by row and attribute. */
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

/** Neighbours from the first key to the last; `lastOnly`: the last of them alone. */
export interface RowRange {
  range: readonly [first: string, last: string];
  lastOnly?: boolean;
}

/** The rows of a history. */
export const rangesOf = ({ minutes, days }: SnapshotRange): RowRange[] => [
  { range: [hourOf(minutes).row, `${LIVE}${LAST}`] },
  { range: [dayOf(days).row, `month#${LAST}`] },
];

/** The rows of a stretch. */
export const rangesOfPast = ({ minutes, days }: HistoryRange): RowRange[] => {
  const ranges: RowRange[] = [settingsRange];
  if (minutes !== undefined) {
    ranges.push(
      { range: [hourOf(minutes.from).row, hourOf(minutes.to).row] },
      { range: [pausesAt(minutes.from), `${pausesAt(minutes.to)}${LAST}`] },
      lastPauseUpTo(minutes.from),
    );
  }
  if (days !== undefined) ranges.push({ range: [dayOf(days.from).row, dayOf(days.to).row] });
  return ranges;
};

/** The last pause that began in `minute` or before. Pauses don't overlap: of these only it can reach further. */
export const lastPauseUpTo = (minute: Minute): RowRange => ({
  range: [PAUSE, `${pausesAt(minute)}${LAST}`],
  lastOnly: true,
});

/** The rows of the settings. */
export const settingsRange: RowRange = { range: [LIVE, `${LIVE}${LAST}`] };

const PAUSE = "pause#";
const pausesAt = (minute: Minute) => `${PAUSE}${minute}`;

/** By its version too: a pause that is ended before its first minute comes leaves that to the next. */
export const pauseKey = (from: Minute, version: number): string =>
  `${pausesAt(from)}#${String(version).padStart(6, "0")}`;

/** What `pauseOf` has made a key of; undefined: nothing. */
export const readPauseKey = (key: string): { from: Minute; version: number } | undefined => {
  const [, from, version] = /^pause#([^#]*)#(\d{6,})$/.exec(key) ?? [];
  return isMinute(from) ? { from, version: Number(version) } : undefined;
};

/** A row without its keys. */
export type Row = Record<string, unknown>;

/** What a beat must know of those before it; no `born`: nothing has beaten yet. */
export type Live = Pick<History, "beats" | "early" | "born" | "newest">;

/** @throws MalformedRowError naming the attribute */
export const toLive = (row: Row = { beats: 0 }): Live => ({
  beats: toCount(row["beats"], LIVE, "beats"),
  early: toSum(row, LIVE, "early"),
  born: toMinute(row, LIVE, "born"),
  newest: toMinute(row, LIVE, "newest"),
});

/** The last pause, as beats know it; undefined: there was none. Throws as `toLive`. */
export const toLastPause = (row: Row = {}): Pause | undefined => {
  const openFrom = toMinute(row, LIVE, "openFrom");
  if (openFrom === undefined) return undefined;
  const from = toMinute(row, LIVE, "pausedFrom");
  if (from === undefined) throw malformed(LIVE, "pausedFrom", from);
  return openFrom === NEVER ? { from } : { from, to: minuteBefore(openFrom) };
};

/** The settings that rows by their sort keys hold. Throws as `toHistory`. */
export const toSettings = (rows: ReadonlyMap<string, Row>): Settings => {
  const row = rows.get(RULES) ?? {};
  const { born, newest } = toLive(rows.get(LIVE));
  const pauses = toPauses(row);
  return {
    version: toSum(row, RULES, "version"),
    changeInfo: toSignature(row),
    thresholds: toRules(row),
    pause: toOpenPause(row, pauses.at(-1)),
    pauses,
    covered: row["covered"] === undefined ? undefined : toSum(row, RULES, "covered"),
    pauseContext: {
      born,
      newest,
      openFrom: toMinute(rows.get(LIVE) ?? {}, LIVE, "openFrom"),
      lastPaused: toMinute(rows.get(LIVE) ?? {}, LIVE, "lastPaused"),
    },
  };
};

const toOpenPause = (row: Row, last: Pause | undefined): OpenPause | undefined => {
  if (last === undefined || last.to !== undefined) return undefined;
  const { from, reason = "" } = last;
  return { from, reason, version: toCount(row["pausedBy"], RULES, "pausedBy") };
};

const toSignature = (row: Row): ChangeInfo | undefined => {
  if (row["version"] === undefined) return undefined;
  const by = toText(row, "by");
  return {
    time: toText(row, "time") ?? "",
    requestId: toText(row, "requestId") ?? "",
    ...(by === undefined ? {} : { by }),
  };
};

const toText = (row: Row, attribute: string): string | undefined => {
  const value = row[attribute];
  if (value === undefined || typeof value === "string") return value;
  throw malformed(RULES, attribute, value);
};

/** Throws as `toHistory`. */
export const toRules = (row: Row = {}): Partial<Thresholds> => {
  const { lateAfter, downAfter } = row;
  return {
    ...(lateAfter === undefined ? {} : { lateAfter: toCount(lateAfter, RULES, "lateAfter") }),
    ...(downAfter === undefined ? {} : { downAfter: toCount(downAfter, RULES, "downAfter") }),
  };
};

/** The history that rows by their sort keys hold. @throws MalformedRowError naming row and attribute */
export const toHistory = (rows: ReadonlyMap<string, Row>, reach: SnapshotRange): History => ({
  ...toLive(rows.get(LIVE)),
  covered: toSum(rows.get(RULES) ?? {}, RULES, "covered"),
  pauses: toPauses(rows.get(RULES)),
  thresholds: toRules(rows.get(RULES)),
  minutes: new Map(minutesIn(rows).filter(([minute]) => minute >= reach.minutes)),
  days: new Map(daysIn(rows).filter(([day]) => day >= reach.days)),
});

/** What rows by their sort keys hold of a stretch. Throws as `toHistory`. */
export const toPast = (rows: ReadonlyMap<string, Row>, { minutes, days }: HistoryRange): Past => ({
  born: toLive(rows.get(LIVE)).born,
  minutes: new Map(minutesIn(rows).filter(isIn(minutes))),
  days: new Map(daysIn(rows).filter(isIn(days))),
  pauses: [
    // A recent pause stands in both; whether it goes on `live#rules` tells.
    ...new Map(
      [...pausesIn(rows), ...toPauses(rows.get(RULES))].map((pause) => [pause.from, pause]),
    ).values(),
  ].sort((a, b) => (a.from < b.from ? -1 : 1)),
  thresholds: toRules(rows.get(RULES)),
});

const isIn =
  (range: { from: string; to: string } | undefined) =>
  ([key]: readonly [string, unknown]) =>
    range !== undefined && range.from <= key && key <= range.to;

const minutesIn = (rows: ReadonlyMap<string, Row>) =>
  rowsOf(rows, "hour#").flatMap(([key, row]) => parseHourRow(key, row));

const daysIn = (rows: ReadonlyMap<string, Row>) =>
  rowsOf(rows, "month#").flatMap(([key, row]) => parseMonthRow(key, row));

/** Of those that cover a minute. */
export const pausesIn = (rows: ReadonlyMap<string, Row>): Pause[] =>
  rowsOf(rows, PAUSE).flatMap(([key, row]) => parsePauseRow(key, row) ?? []);

const rowsOf = (rows: ReadonlyMap<string, Row>, kind: string) =>
  [...rows].filter(([key]) => key.startsWith(kind));

const parseHourRow = (key: string, row: Row): [Minute, number][] =>
  Object.keys(row).map((attribute) => {
    const minute = `${key.slice("hour#".length)}:${attribute}Z`;
    if (!isMinute(minute)) throw malformed(key, attribute, row[attribute]);
    return [minute, toCount(row[attribute], key, attribute)];
  });

const parseMonthRow = (key: string, row: Row): [string, DaySums][] => {
  const days = Object.keys(row).map((attribute) => {
    const [, day] = /^(?:early|covered)?(\d\d)$/.exec(attribute) ?? [];
    if (day === undefined || !isMinute(`${key.slice("month#".length)}-${day}T00:00Z`)) {
      throw malformed(key, attribute, row[attribute]);
    }
    return day;
  });
  return [...new Set(days)].map((day) => [
    `${key.slice("month#".length)}-${day}`,
    {
      beats: toSum(row, key, day),
      early: toSum(row, key, `early${day}`),
      covered: toSum(row, key, `covered${day}`),
    },
  ]);
};

const toPauses = ({ pauses = [] }: Row = {}): Pause[] => {
  if (!Array.isArray(pauses)) throw malformed(RULES, "pauses", pauses);
  return pauses.map((pause: unknown, place) => {
    if (!isPause(pause) || (pause.to === undefined && place < pauses.length - 1)) {
      throw malformed(RULES, "pauses", pause);
    }
    const { from, to, reason } = pause;
    return {
      from,
      ...(to === undefined ? {} : { to }),
      ...(to !== undefined || reason === undefined ? {} : { reason }),
    };
  });
};

/** Undefined: it was ended before its first minute came. */
const parsePauseRow = (key: string, { to }: Row): Pause | undefined => {
  const { from } = readPauseKey(key) ?? {};
  if (from === undefined) throw malformed(key, "key", key);
  if (to === undefined) return { from };
  if (!isMinute(to) || to < minuteBefore(from)) throw malformed(key, "to", to);
  return to < from ? undefined : { from, to };
};

const isPause = (value: unknown): value is Pause =>
  typeof value === "object" &&
  value !== null &&
  "from" in value &&
  isMinute(value.from) &&
  (!("to" in value) || (isMinute(value.to) && value.to >= value.from)) &&
  (!("reason" in value) || typeof value.reason === "string");

/** Sums begin with the first that is added. */
const toSum = (row: Row, key: string, attribute: string): number =>
  row[attribute] === undefined ? 0 : toCount(row[attribute], key, attribute);

const toCount = (value: unknown, key: string, attribute: string): number => {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw malformed(key, attribute, value);
};

const toMinute = (row: Row, key: string, attribute: string): Minute | undefined => {
  const value = row[attribute];
  if (value === undefined || isMinute(value)) return value;
  throw malformed(key, attribute, value);
};

const malformed = (key: string, attribute: string, value: unknown) =>
  new MalformedRowError(`row ${key}: ${attribute} has an unexpected value: ${formatValue(value)}`);
