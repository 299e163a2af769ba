import { isDeepStrictEqual } from "node:util";
import type { Pause } from "../../../lib/domain/beat-store.ts";
import { isInterval } from "../../../lib/domain/interval.ts";
import {
  isMinute,
  type Minute,
  minuteAfter,
  minuteAt,
  startOf,
  toIndex,
} from "../../../lib/domain/minute.ts";
import { NEVER, recentPauses } from "../../../lib/domain/pauses.ts";
import { dayOf, LIVE, MONTH, type Row, readDaySum, SETTINGS } from "../../../lib/dynamodb/table/keys.ts";
import { formatValue } from "../../../lib/text/format-value.ts";
import { storedMinutes } from "./stored-minutes.ts";
import {
  coveredBeats,
  coveredMinutes,
  effectivePauses,
  overlaps,
  type StoredPause,
  storedPauses,
} from "./stored-pauses.ts";
import { isCount, malformedSettings, malformedThresholds } from "./stored-settings.ts";

/** A stored sum that differs from the recounted one; undefined: absent. */
export interface Difference {
  row: string;
  attribute: string;
  stored: unknown;
  counted: number | Minute | Pause[] | undefined;
}

export interface Recount {
  /** The number of marked minutes. These and the rows of the pauses are the source of every sum. */
  minutes: number;
  /** The stored interval in minutes and its first minute, if it is not 1. */
  interval?: { minutes: number; since: Minute | undefined };
  differences: Difference[];
  /** Errors in the rows of minutes, days, pauses and settings themselves, one sentence each; these cannot be repaired. */
  faults: string[];
}

/** Recounts the marked minutes and the pauses and compares every sum of the table with them. */
export const recount = (rows: ReadonlyMap<string, Row>, now: number): Recount => {
  const { beaten, unreadable: unreadableMarks } = storedMinutes(rows);
  const minutes = [...beaten.keys()];
  const { pauses, unreadable } = storedPauses(rows);
  const stored = rows.get(LIVE)?.["born"];
  const born = isMinute(stored) ? stored : firstRecording(beaten);
  const interval = rows.get(LIVE)?.["slotMinutes"];
  const every = isInterval(interval) ? interval : 1;
  const sums = sumsOf({ minutes, born, pauses, now, every });
  if (rows.has(LIVE) && !sums.has(LIVE)) sums.set(LIVE, { beats: 0 });
  const differs = differsFrom(effectivePauses(pauses));
  const faultsOfPauses = [...unreadable, ...overlaps(pauses)];
  // If the pauses themselves are wrong, the sums cannot be recounted.
  const isKnown = (attribute: string) => faultsOfPauses.length === 0 || !isOfPauses(attribute);
  const differences = [...new Set([...sums.keys(), ...rows.keys()])].sort().flatMap((row) => {
    const stored = rows.get(row) ?? {};
    const counted = sums.get(row) ?? {};
    return [...new Set([...Object.keys(counted), ...Object.keys(stored).filter(isSumOf(row))])]
      .filter(isKnown)
      .filter(
        (attribute) =>
          isMaintained(row, attribute, minutes.length === 0 ? undefined : born) || !isSum(stored[attribute]),
      )
      .sort()
      .map((attribute) => ({
        row,
        attribute,
        stored: stored[attribute],
        counted: counted[attribute],
      }));
  });
  const settings = rows.get(SETTINGS);
  return {
    minutes: beaten.size,
    ...(every === 1 ? {} : { interval: { minutes: every, since: born } }),
    differences: [
      ...differences.filter(differs),
      ...malformedThresholds(settings).map((attribute) => ({
        row: SETTINGS,
        attribute,
        stored: settings?.[attribute],
        counted: undefined,
      })),
    ],
    faults: [
      ...unreadableMarks,
      ...otherThanSums(rows),
      ...faultsOfPauses,
      ...coveredBeats(pauses, minutes),
      ...malformedInterval(rows.get(LIVE), minutes, born),
      ...malformedSettings(settings),
    ],
  };
};

/** Attributes that must exist even if they are 0. Other sums of nothing can be 0 or absent. */
const NOT_COUNTS = ["beats", "born", "newest", "openFrom", "pausedFrom", "pausedBy"];

const differsFrom =
  (pauses: readonly Pause[]) =>
  ({ attribute, stored, counted }: Difference): boolean => {
    if (attribute === "pauses") return !matchesRecent(stored ?? [], counted ?? [], pauses);
    return NOT_COUNTS.includes(attribute) ? stored !== counted : (stored ?? 0) !== (counted ?? 0);
  };

/** The recent pauses can contain older ones: the next change of the settings removes these. */
const matchesRecent = (stored: unknown, recent: unknown, pauses: readonly Pause[]): boolean =>
  Array.isArray(stored) &&
  Array.isArray(recent) &&
  stored.length >= recent.length &&
  isDeepStrictEqual(stored, pauses.slice(pauses.length - stored.length));

const SUMS = new Map([
  [LIVE, ["beats", "born", "early", "newest", "openFrom", "pausedFrom"]],
  [SETTINGS, ["covered", "pausedBy", "pauses"]],
]);

const isSumOf =
  (row: string) =>
  (attribute: string): boolean =>
    SUMS.get(row)?.includes(attribute) ?? (row.startsWith(MONTH) && readDaySum(row, attribute) !== undefined);

/** One sentence for each attribute that makes the row of a month unreadable. */
const otherThanSums = (rows: ReadonlyMap<string, Row>): string[] =>
  [...rows]
    .filter(([key]) => key.startsWith(MONTH))
    .flatMap(([key, row]) =>
      Object.keys(row)
        .filter((attribute) => !isSumOf(key)(attribute))
        .map((attribute) => `${key} ${attribute}: not a sum of a day`),
    );

/** A sum that can be read. */
const isSum = (value: unknown): boolean => value === undefined || isCount(value);

/** A change of the interval moves `born` and leaves the early and covered sums of the days before as they are. */
const isMaintained = (row: string, attribute: string, born: Minute | undefined): boolean => {
  const [, day] = /^(?:early|covered)(\d\d)$/.exec(attribute) ?? [];
  return day === undefined || born === undefined || `${row.slice(MONTH.length)}-${day}` >= born.slice(0, 10);
};

/** One sentence if the stored interval is invalid, or if a minute since `born` is not on it. */
const malformedInterval = (
  { slotMinutes = 1 }: Row = {},
  minutes: readonly Minute[],
  born: Minute | undefined,
): string[] => {
  if (!isInterval(slotMinutes)) {
    return [`${LIVE} slotMinutes: stored ${formatValue(slotMinutes)}, which is invalid`];
  }
  const isOff = (minute: Minute) =>
    born !== undefined && minute >= born && toIndex(minute) % slotMinutes !== 0;
  const [first, ...others] = minutes.filter(isOff).sort();
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  return first === undefined
    ? []
    : [`${first}${more}: marked as beaten, but not on the interval of ${slotMinutes} minutes since ${born}`];
};

const isOfPauses = (attribute: string): boolean => /^(covered|openFrom$|paused|pauses$)/.test(attribute);

/** Recomputes a lost `born`: each minute was recorded at its start plus its lateness. */
const firstRecording = (beaten: ReadonlyMap<Minute, number>): Minute | undefined => {
  const recordings = [...beaten].map(([minute, lateness]) => startOf(minute) + lateness);
  return recordings.length === 0 ? undefined : minuteAt(recordings.reduce((a, b) => Math.min(a, b)));
};

type Sums = Map<string, Record<string, number | Minute | Pause[]>>;

interface Source {
  minutes: Minute[];
  born: Minute | undefined;
  pauses: StoredPause[];
  now: number;
  /** The interval in minutes. */
  every: number;
}

const sumsOf = (source: Source): Sums => {
  const sums: Sums = new Map();
  const set = (row: string, attributes: Record<string, number | Minute | Pause[]>) =>
    sums.set(row, { ...sums.get(row), ...attributes });
  const count = (row: string, attribute: string) => {
    const sum = sums.get(row) ?? {};
    sums.set(row, sum);
    sum[attribute] = Number(sum[attribute] ?? 0) + 1;
  };
  const { minutes, pauses, now } = source;
  // Without a beat there is no first minute.
  const born = minutes.length === 0 ? undefined : source.born;
  if (born !== undefined) {
    const newest = minutes
      .filter((minute) => minute >= born)
      .sort()
      .at(-1);
    const early = minutes.filter((minute) => minute < born);
    set(LIVE, { beats: minutes.length, early: early.length, born, ...(newest ? { newest } : {}) });
    for (const minute of minutes) count(dayOf(minute).row, dayOf(minute).attribute);
    for (const minute of early) count(dayOf(minute).row, `early${dayOf(minute).attribute}`);
  }
  const covered = coveredMinutes(pauses, born, source.every);
  for (const minute of covered) count(dayOf(minute).row, `covered${dayOf(minute).attribute}`);
  const last = pauses.at(-1);
  if (last !== undefined) {
    const { from, to, version } = last;
    set(LIVE, {
      beats: minutes.length,
      pausedFrom: from,
      openFrom: to === undefined ? NEVER : minuteAfter(to),
    });
    set(SETTINGS, {
      covered: covered.length,
      pauses: recentPauses(effectivePauses(pauses), {}, now),
      ...(to === undefined ? { pausedBy: version } : {}),
    });
  }
  return sums;
};
