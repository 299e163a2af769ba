import { isDeepStrictEqual } from "node:util";
import type { Pause } from "../../../lib/domain/beat-store.ts";
import { isMinute, type Minute, minuteAfter, minuteAt, startOf } from "../../../lib/domain/minute.ts";
import { NEVER, recentPauses } from "../../../lib/domain/pauses.ts";
import { dayOf, LIVE, type Row, SETTINGS } from "../../../lib/dynamodb/keys.ts";
import {
  coveredBeats,
  coveredMinutes,
  type KeptPause,
  keptPauses,
  overlaps,
  toldPauses,
} from "./stored-pauses.ts";
import { brokenRules, brokenSettings } from "./stored-settings.ts";

/** A stored sum that is not what minutes and pauses add up to; undefined: not there, or not to be there. */
export interface Difference {
  row: string;
  attribute: string;
  stored: unknown;
  counted: number | Minute | Pause[] | undefined;
}

export interface Recount {
  /** Marked minutes: with the rows of the pauses the truth that every sum is held against. */
  minutes: number;
  differences: Difference[];
  /** What is wrong in the truth itself, where nothing tells how it should be; a sentence each. */
  faults: string[];
}

/** Counts the marked minutes and the pauses again and holds every sum of the table against them. */
export const recount = (rows: ReadonlyMap<string, Row>, now: number): Recount => {
  const beaten = beatenMinutes(rows);
  const minutes = [...beaten.keys()];
  const { pauses, unreadable } = keptPauses(rows);
  const stored = rows.get(LIVE)?.["born"];
  const born = isMinute(stored) ? stored : firstRecording(beaten);
  const sums = sumsOf({ minutes, born, pauses, now });
  if (rows.has(LIVE) && !sums.has(LIVE)) sums.set(LIVE, { beats: 0 });
  const differs = differsFrom(toldPauses(pauses));
  const faultsOfPauses = [...unreadable, ...overlaps(pauses)];
  // Where the pauses themselves are wrong, nobody knows what sums them up.
  const isKnown = (attribute: string) => faultsOfPauses.length === 0 || !isOfPauses(attribute);
  const differences = [...new Set([...sums.keys(), ...rows.keys()])].sort().flatMap((row) => {
    const stored = rows.get(row) ?? {};
    const counted = sums.get(row) ?? {};
    return [...new Set([...Object.keys(counted), ...Object.keys(stored).filter(isSumOf(row))])]
      .filter(isKnown)
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
    differences: [
      ...differences.filter(differs),
      ...brokenRules(settings).map((attribute) => ({
        ...{ row: SETTINGS, attribute },
        ...{ stored: settings?.[attribute], counted: undefined },
      })),
    ],
    faults: [...faultsOfPauses, ...coveredBeats(pauses, minutes), ...brokenSettings(settings)],
  };
};

/** A sum of nothing may stand as 0 or not at all, but for these. */
const NO_COUNTS = ["beats", "born", "newest", "openFrom", "pausedFrom", "pausedBy"];

const differsFrom =
  (pauses: readonly Pause[]) =>
  ({ attribute, stored, counted }: Difference): boolean => {
    if (attribute === "pauses") return !holds(stored ?? [], counted ?? [], pauses);
    return NO_COUNTS.includes(attribute) ? stored !== counted : (stored ?? 0) !== (counted ?? 0);
  };

/** Older pauses may stand among the recent ones: they leave when the settings are next changed. */
const holds = (stored: unknown, recent: unknown, pauses: readonly Pause[]): boolean =>
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
    SUMS.get(row)?.includes(attribute) ??
    (row.startsWith("month#") && /^(early|covered)?\d\d$/.test(attribute));

const isOfPauses = (attribute: string): boolean => /^(covered|openFrom$|paused|pauses$)/.test(attribute);

/** Each marked minute with its lateness in ms. */
const beatenMinutes = (rows: ReadonlyMap<string, Row>): Map<Minute, number> => {
  const beaten = new Map<Minute, number>();
  for (const [key, row] of rows) {
    if (!key.startsWith("hour#")) continue;
    for (const [attribute, lateness] of Object.entries(row)) {
      if (/^[0-5]\d$/.test(attribute)) {
        beaten.set(`${key.slice("hour#".length)}:${attribute}Z`, Number(lateness) || 0);
      }
    }
  }
  return beaten;
};

/** A lost `born` can be told again: each minute was recorded its lateness after its start. */
const firstRecording = (beaten: ReadonlyMap<Minute, number>): Minute | undefined => {
  const recordings = [...beaten].map(([minute, lateness]) => startOf(minute) + lateness);
  return recordings.length === 0 ? undefined : minuteAt(recordings.reduce((a, b) => Math.min(a, b)));
};

type Sums = Map<string, Record<string, number | Minute | Pause[]>>;

interface Truth {
  minutes: Minute[];
  born: Minute | undefined;
  pauses: KeptPause[];
  now: number;
}

const sumsOf = (truth: Truth): Sums => {
  const sums: Sums = new Map();
  const set = (row: string, attributes: Record<string, number | Minute | Pause[]>) =>
    sums.set(row, { ...sums.get(row), ...attributes });
  const count = (row: string, attribute: string) => {
    const sum = sums.get(row) ?? {};
    sums.set(row, sum);
    sum[attribute] = Number(sum[attribute] ?? 0) + 1;
  };
  const { minutes, pauses, now } = truth;
  // As no heart is born without a beat.
  const born = minutes.length === 0 ? undefined : truth.born;
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
  const covered = coveredMinutes(pauses, born);
  for (const minute of covered) count(dayOf(minute).row, `covered${dayOf(minute).attribute}`);
  const last = pauses.at(-1);
  if (last !== undefined) {
    const { from, to, version } = last;
    set(LIVE, {
      ...{ beats: minutes.length, pausedFrom: from },
      openFrom: to === undefined ? NEVER : minuteAfter(to),
    });
    set(SETTINGS, {
      ...{ covered: covered.length, pauses: recentPauses(toldPauses(pauses), {}, now) },
      ...(to === undefined ? { pausedBy: version } : {}),
    });
  }
  return sums;
};
