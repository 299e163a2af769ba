import type { DaySums, History, HistoryRange, Pause } from "../../domain/beat-store.ts";
import { isInterval } from "../../domain/interval.ts";
import { isMinute, type Minute, minuteBefore } from "../../domain/minute.ts";
import { NEVER } from "../../domain/pauses.ts";
import type { ChangeInfo, OpenPause, Settings } from "../../domain/settings-store.ts";
import type { Thresholds } from "../../domain/thresholds.ts";
import { malformed, toCount, toMinute, toSum, toText } from "./attributes.ts";
import {
  dayOf,
  HOUR,
  LIVE,
  MONTH,
  PAUSE,
  type Row,
  readDaySum,
  readMark,
  readPauseKey,
  SETTINGS,
} from "./keys.ts";

/** Rows by their sort keys. */
type Rows = ReadonlyMap<string, Row>;

/** The totals. Without `born` nothing is stored yet. */
export type Live = Pick<History, "beats" | "early" | "born" | "newest" | "slotMinutes">;

/** @throws MalformedRowError naming the attribute */
export const toLive = (row: Row = { beats: 0 }): Live => ({
  beats: toCount(row["beats"], LIVE, "beats"),
  early: toSum(row, LIVE, "early"),
  born: toMinute(row, LIVE, "born"),
  newest: toMinute(row, LIVE, "newest"),
  slotMinutes: toInterval(row),
});

/** @throws MalformedRowError */
const toInterval = ({ slotMinutes }: Row): number | undefined => {
  if (slotMinutes === undefined || isInterval(slotMinutes)) return slotMinutes;
  throw malformed(LIVE, "slotMinutes", slotMinutes);
};

/** The last pause, from the row `live`; undefined if there was none. @throws MalformedRowError naming the attribute */
export const toLastPause = (row: Row = {}): Pause | undefined => {
  const openFrom = toMinute(row, LIVE, "openFrom");
  if (openFrom === undefined) return undefined;
  const from = toMinute(row, LIVE, "pausedFrom");
  if (from === undefined) throw malformed(LIVE, "pausedFrom", from);
  return openFrom === NEVER ? { from } : { from, to: minuteBefore(openFrom) };
};

/** @throws MalformedRowError naming row and attribute */
export const toSettings = (rows: Rows): Settings => {
  const row = rows.get(SETTINGS) ?? {};
  const live = rows.get(LIVE) ?? {};
  const { born, newest, slotMinutes } = toLive(rows.get(LIVE));
  const pauses = toRecentPauses(row);
  return {
    version: toSum(row, SETTINGS, "version"),
    changeInfo: toChangeInfo(row),
    thresholds: toThresholds(row),
    pause: toOpenPause(row, pauses.at(-1)),
    pauses,
    covered: row["covered"] === undefined ? undefined : toSum(row, SETTINGS, "covered"),
    pauseContext: {
      born,
      newest,
      slotMinutes,
      openFrom: toMinute(live, LIVE, "openFrom"),
      lastPaused: toMinute(live, LIVE, "lastPaused"),
    },
  };
};

const toOpenPause = (row: Row, last: Pause | undefined): OpenPause | undefined => {
  if (last === undefined || last.to !== undefined) return undefined;
  const { from, reason = "" } = last;
  return { from, reason, version: toCount(row["pausedBy"], SETTINGS, "pausedBy") };
};

const toChangeInfo = (row: Row): ChangeInfo | undefined => {
  if (row["version"] === undefined) return undefined;
  const info: ChangeInfo = {
    time: toText(row, SETTINGS, "time") ?? "",
    requestId: toText(row, SETTINGS, "requestId") ?? "",
  };
  const by = toText(row, SETTINGS, "by");
  if (by !== undefined) info.by = by;
  return info;
};

/** @throws MalformedRowError naming the attribute */
export const toThresholds = (row: Row = {}): Partial<Thresholds> => {
  const thresholds: Partial<Thresholds> = {};
  for (const name of ["lateAfter", "downAfter"] as const) {
    if (row[name] !== undefined) thresholds[name] = toCount(row[name], SETTINGS, name);
  }
  return thresholds;
};

/** @throws MalformedRowError naming row and attribute */
export const toHistory = (rows: Rows, { minutes, days }: HistoryRange): History => {
  const live = toLive(rows.get(LIVE));
  return {
    ...live,
    covered: toSum(rows.get(SETTINGS) ?? {}, SETTINGS, "covered"),
    pauses: mergePauses(toPauses(rows), toRecentPauses(rows.get(SETTINGS))),
    thresholds: toThresholds(rows.get(SETTINGS)),
    minutes: new Map(rowsOf(rows, HOUR).flatMap(toMinutes).filter(isIn(minutes))),
    days: new Map(
      rowsOf(rows, MONTH).flatMap(toDays).filter(isIn(days)).map(beforeBorn(live)).filter(hasSums),
    ),
  };
};

/** A day before `born` has early beats only. A change of the interval moves `born` and does not rewrite older days. */
const beforeBorn =
  ({ born }: Live) =>
  ([day, sums]: [string, DaySums]): [string, DaySums] =>
    born !== undefined && day < born.slice(0, 10)
      ? [day, { beats: sums.beats, early: sums.beats, covered: 0 }]
      : [day, sums];

/** A change of the interval leaves or writes sums of 0. */
const hasSums = ([, { beats, covered }]: [string, DaySums]): boolean => beats > 0 || covered > 0;

const isIn =
  (range: { from: string; to?: string } | undefined) =>
  ([key]: readonly [string, unknown]) =>
    range !== undefined && range.from <= key && (range.to === undefined || key <= range.to);

/** A recent pause is in both lists; the settings know whether it is still open. */
const mergePauses = (stored: Pause[], recent: Pause[]): Pause[] =>
  [...new Map([...stored, ...recent].map((pause) => [pause.from, pause])).values()].sort((a, b) =>
    a.from < b.from ? -1 : 1,
  );

/** The pauses that cover at least one minute, from their own rows. @throws MalformedRowError naming row and attribute */
export const toPauses = (rows: Rows): Pause[] => rowsOf(rows, PAUSE).flatMap((row) => toPause(row) ?? []);

export const rowsOf = (rows: Rows, prefix: string) => [...rows].filter(([key]) => key.startsWith(prefix));

export const toMinutes = ([key, row]: [string, Row]): [Minute, number][] =>
  Object.keys(row).map((attribute) => {
    const minute = readMark(key, attribute);
    if (minute === undefined) throw malformed(key, attribute, row[attribute]);
    return [minute, toCount(row[attribute], key, attribute)];
  });

const toDays = ([key, row]: [string, Row]): [string, DaySums][] => {
  const days = Object.keys(row).map((attribute) => {
    const day = readDaySum(key, attribute);
    if (day === undefined) throw malformed(key, attribute, row[attribute]);
    return day;
  });
  return [...new Set(days)].map((day) => {
    const { attribute } = dayOf(day);
    const sums = {
      beats: toSum(row, key, attribute),
      early: toSum(row, key, `early${attribute}`),
      covered: toSum(row, key, `covered${attribute}`),
    };
    return [day, sums];
  });
};

/** Undefined if the pause ended before its first minute. @throws MalformedRowError */
export const toPause = ([key, { to }]: [string, Row]): Pause | undefined => {
  const { from } = readPauseKey(key) ?? {};
  if (from === undefined) throw malformed(key, "key", key);
  if (to === undefined) return { from };
  if (!isMinute(to) || to < minuteBefore(from)) throw malformed(key, "to", to);
  return to < from ? undefined : { from, to };
};

const toRecentPauses = ({ pauses = [] }: Row = {}): Pause[] => {
  if (!Array.isArray(pauses)) throw malformed(SETTINGS, "pauses", pauses);
  return pauses.map((pause: unknown, index) => {
    // Only the last one can be open.
    if (!isPause(pause) || (pause.to === undefined && index < pauses.length - 1)) {
      throw malformed(SETTINGS, "pauses", pause);
    }
    const { from, to, reason } = pause;
    if (to !== undefined) return { from, to };
    return reason === undefined ? { from } : { from, reason };
  });
};

const isPause = (value: unknown): value is Pause =>
  typeof value === "object" &&
  value !== null &&
  "from" in value &&
  isMinute(value.from) &&
  (!("to" in value) || (isMinute(value.to) && value.to >= value.from)) &&
  (!("reason" in value) || typeof value.reason === "string");
