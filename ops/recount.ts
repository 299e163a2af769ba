import { isMinute, type Minute, minuteAt, startOf } from "../lib/minute.ts";
import { dayOf, LIVE, type Row } from "../lib/table-layout.ts";

/** A stored sum that is not what the marked minutes add up to; undefined: not there, or not to be there. */
export interface Difference {
  row: string;
  attribute: string;
  stored: unknown;
  counted: number | Minute | undefined;
}

export interface Recount {
  /** Marked minutes: the truth that every sum is held against. */
  minutes: number;
  differences: Difference[];
}

/** Counts the marked minutes again and holds every sum of the table against them. */
export const recount = (rows: ReadonlyMap<string, Row>): Recount => {
  const beaten = beatenMinutes(rows);
  const born = rows.get(LIVE)?.["born"];
  const sums = sumsOf([...beaten.keys()], isMinute(born) ? born : firstRecording(beaten));
  if (rows.has(LIVE) && !sums.has(LIVE)) sums.set(LIVE, { beats: 0 });
  const differences = [...new Set([...sums.keys(), ...rows.keys()])].sort().flatMap((row) => {
    const stored = rows.get(row) ?? {};
    const counted = sums.get(row) ?? {};
    return [...new Set([...Object.keys(counted), ...Object.keys(stored).filter(isSumOf(row))])]
      .sort()
      .map((attribute) => ({
        row,
        attribute,
        stored: stored[attribute],
        counted: counted[attribute],
      }));
  });
  return { minutes: beaten.size, differences: differences.filter(differs) };
};

/** A sum of nothing may stand as 0 or not at all, but for what every beat writes into `live`. */
const differs = ({ attribute, stored, counted }: Difference): boolean =>
  ["beats", "born", "newest"].includes(attribute) ? stored !== counted : (stored ?? 0) !== (counted ?? 0);

const isSumOf =
  (row: string) =>
  (attribute: string): boolean =>
    row === LIVE
      ? ["beats", "born", "early", "newest"].includes(attribute)
      : row.startsWith("month#") && /^(early)?\d\d$/.test(attribute);

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

type Sums = Map<string, Record<string, number | Minute>>;

const sumsOf = (minutes: Minute[], born: Minute | undefined): Sums => {
  if (born === undefined || minutes.length === 0) return new Map();
  const since = minutes.filter((minute) => minute >= born).sort();
  const early = minutes.filter((minute) => minute < born);
  const newest = since.at(-1);
  const live = { beats: minutes.length, early: early.length, born, ...(newest ? { newest } : {}) };
  const sums: Sums = new Map([[LIVE, live]]);
  const add = (row: string, attribute: string) => {
    const sum = sums.get(row) ?? {};
    sums.set(row, { ...sum, [attribute]: Number(sum[attribute] ?? 0) + 1 });
  };
  for (const minute of minutes) add(dayOf(minute).row, dayOf(minute).attribute);
  for (const minute of early) add(dayOf(minute).row, `early${dayOf(minute).attribute}`);
  return sums;
};
