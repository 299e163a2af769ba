import {
  type DaySums,
  type History,
  MalformedRowError,
  type Past,
  type Pause,
  type Reach,
  type Stretch,
} from "./beat-store.ts";
import { isMinute, type Minute } from "./minute.ts";
import { show } from "./show.ts";

/**
 * One partition, so that one Query can take neighbouring rows together (docs/adr/0003, 0006):
 *
 *     hour#2026-11-23T22   00…59 = lateness in ms of each beaten minute
 *     live                 beats; born; newest (of the minutes since born); early (beats before born)
 *     live#rules           covered (minutes since born, of ended pauses); pauses = [{ from, to }, …] of late
 *     month#2026-11        01…31 = beats of each day; early01…early31 = those of minutes before born;
 *                          covered01…covered31 = minutes since born that ended pauses cover
 *     pause#2026-11-23T22:41Z   to = the last minute of the pause, once it has ended
 *
 * Nothing pauses yet: `covered…`, `live#rules` and `pause#…` are read, and not written.
 */
export const PARTITION = "heart";
export const LIVE = "live";
const RULES = "live#rules";

/** Sorts after every row that begins with the text before it. */
const LAST = "~";

/** Where a minute is marked. */
export const hourOf = (minute: Minute) => ({
  row: `hour#${minute.slice(0, 13)}`,
  attribute: minute.slice(14, 16),
});

/** Where a minute's day is summed. */
export const dayOf = (minute: Minute) => ({
  row: `month#${minute.slice(0, 7)}`,
  attribute: minute.slice(8, 10),
});

/** Neighbours from the first key to the last; `lastOnly`: the last of them alone. */
export interface RowRange {
  range: readonly [first: string, last: string];
  lastOnly?: boolean;
}

/** The rows of a history. */
export const rangesOf = ({ minutes, days }: Reach): RowRange[] => [
  { range: [hourOf(minutes).row, `${LIVE}${LAST}`] },
  { range: [dayOf(days).row, `month#${LAST}`] },
];

/** The rows of a stretch. */
export const rangesOfPast = ({ minutes, days }: Stretch): RowRange[] => {
  const ranges: RowRange[] = [{ range: [LIVE, `${LIVE}${LAST}`] }];
  if (minutes !== undefined) {
    ranges.push(
      { range: [hourOf(minutes.from).row, hourOf(minutes.to).row] },
      { range: [pauseOf(minutes.from), pauseOf(minutes.to)] },
      // Pauses don't overlap: of those that began before, only the last can reach in.
      { range: [pauseOf(""), pauseOf(minutes.from)], lastOnly: true },
    );
  }
  if (days !== undefined) ranges.push({ range: [dayOf(days.from).row, dayOf(days.to).row] });
  return ranges;
};

const pauseOf = (minute: Minute | "") => `pause#${minute}`;

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

/** The history that rows by their sort keys hold. @throws MalformedRowError naming row and attribute */
export const toHistory = (rows: ReadonlyMap<string, Row>, reach: Reach): History => ({
  ...toLive(rows.get(LIVE)),
  covered: toSum(rows.get(RULES) ?? {}, RULES, "covered"),
  pauses: toPauses(rows.get(RULES)?.["pauses"]),
  minutes: new Map(minutesIn(rows).filter(([minute]) => minute >= reach.minutes)),
  days: new Map(daysIn(rows).filter(([day]) => day >= reach.days)),
});

/** What rows by their sort keys hold of a stretch. Throws as `toHistory`. */
export const toPast = (rows: ReadonlyMap<string, Row>, { minutes, days }: Stretch): Past => ({
  born: toLive(rows.get(LIVE)).born,
  minutes: new Map(minutesIn(rows).filter(isIn(minutes))),
  days: new Map(daysIn(rows).filter(isIn(days))),
  pauses: [
    // A recent pause stands in both; whether it goes on `live#rules` tells.
    ...new Map(
      [...pausesIn(rows), ...toPauses(rows.get(RULES)?.["pauses"])].map((pause) => [pause.from, pause]),
    ).values(),
  ].sort((a, b) => (a.from < b.from ? -1 : 1)),
});

const isIn =
  (range: { from: string; to: string } | undefined) =>
  ([key]: readonly [string, unknown]) =>
    range !== undefined && range.from <= key && key <= range.to;

const minutesIn = (rows: ReadonlyMap<string, Row>) =>
  rowsOf(rows, "hour#").flatMap(([key, row]) => toMinutes(key, row));

const daysIn = (rows: ReadonlyMap<string, Row>) =>
  rowsOf(rows, "month#").flatMap(([key, row]) => toDays(key, row));

const pausesIn = (rows: ReadonlyMap<string, Row>) =>
  rowsOf(rows, pauseOf("")).map(([key, row]) => toPause(key, row));

const rowsOf = (rows: ReadonlyMap<string, Row>, kind: string) =>
  [...rows].filter(([key]) => key.startsWith(kind));

const toMinutes = (key: string, row: Row): [Minute, number][] =>
  Object.keys(row).map((attribute) => {
    const minute = `${key.slice("hour#".length)}:${attribute}Z`;
    if (!isMinute(minute)) throw malformed(key, attribute, row[attribute]);
    return [minute, toCount(row[attribute], key, attribute)];
  });

const toDays = (key: string, row: Row): [string, DaySums][] => {
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

const toPauses = (value: unknown = []): Pause[] => {
  if (!Array.isArray(value)) throw malformed(RULES, "pauses", value);
  return value.map((pause: unknown, place) => {
    if (!isPause(pause) || (pause.to === undefined && place < value.length - 1)) {
      throw malformed(RULES, "pauses", pause);
    }
    return pause.to === undefined ? { from: pause.from } : { from: pause.from, to: pause.to };
  });
};

const toPause = (key: string, { to }: Row): Pause => {
  const from = key.slice(pauseOf("").length);
  if (!isMinute(from)) throw malformed(key, "from", from);
  const pause = { from, ...(to === undefined ? {} : { to }) };
  if (!isPause(pause)) throw malformed(key, "to", to);
  return pause;
};

const isPause = (value: unknown): value is Pause =>
  typeof value === "object" &&
  value !== null &&
  "from" in value &&
  isMinute(value.from) &&
  (!("to" in value) || (isMinute(value.to) && value.to >= value.from));

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
  new MalformedRowError(`row ${key}: ${attribute} has an unexpected value: ${show(value)}`);
