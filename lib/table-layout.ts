import { type DaySums, type History, MalformedRowError, type Pause, type Reach } from "./beat-store.ts";
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
 *
 * Nothing pauses yet: `covered…` and `live#rules` are read, and not written.
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

/** The rows of a history: two ranges of neighbours, from the first key to the last. */
export const rangesOf = ({ minutes, days }: Reach): [first: string, last: string][] => [
  [hourOf(minutes).row, `${LIVE}${LAST}`],
  [dayOf(days).row, `month#${LAST}`],
];

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
  minutes: new Map(
    [...rows]
      .filter(([key]) => key.startsWith("hour#"))
      .flatMap(([key, row]) => toMinutes(key, row))
      .filter(([minute]) => minute >= reach.minutes),
  ),
  days: new Map(
    [...rows]
      .filter(([key]) => key.startsWith("month#"))
      .flatMap(([key, row]) => toDays(key, row))
      .filter(([day]) => day >= reach.days),
  ),
});

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
