import { type Minute, minuteAt, startOf } from "./minute.ts";
import { dayOf, LIVE, type Row } from "./table-layout.ts";

export interface Ledger {
  /** Every row of the table by its sort key, read consistently. */
  rows(): Promise<Map<string, Row>>;
  /** Writes what was counted, if what is stored is still what was seen. */
  correct(difference: Difference): Promise<void>;
}

/** A stored sum that is not what the stored minutes add up to; undefined: not there, not to be there. */
export interface Difference {
  row: string;
  attribute: string;
  stored: unknown;
  counted: number | Minute | undefined;
}

export interface Audit {
  /** Minutes marked in the table: the truth that the sums are held against. */
  minutes: number;
  differences: Difference[];
}

/** Counts the marked minutes again and holds every sum of the table against them. */
export const audit = (rows: ReadonlyMap<string, Row>): Audit => {
  const beaten = beatenMinutes(rows);
  const expected = sumsOf(beaten, rows.get(LIVE)?.["born"]);
  const names = new Set([...expected.keys(), ...storedSums(rows)]);
  const differences = [...names].sort().flatMap((name) => {
    const [row = "", attribute = ""] = name.split(" ");
    const stored = rows.get(row)?.[attribute];
    const counted = expected.get(name);
    // A sum of nothing may stand as 0 or not at all.
    return (stored ?? 0) === (counted ?? 0) ? [] : [{ row, attribute, stored, counted }];
  });
  return { minutes: beaten.size, differences };
};

/** Each marked minute with its lateness in ms. */
const beatenMinutes = (rows: ReadonlyMap<string, Row>): Map<Minute, number> => {
  const beaten = new Map<Minute, number>();
  for (const [key, row] of rows) {
    if (!key.startsWith("hour#")) continue;
    for (const [minute, lateness] of Object.entries(row)) {
      if (/^[0-5]\d$/.test(minute)) beaten.set(`${key.slice(5)}:${minute}Z`, Number(lateness));
    }
  }
  return beaten;
};

const sumsOf = (beaten: ReadonlyMap<Minute, number>, storedBorn: unknown) => {
  const sums = new Map<string, number | Minute>();
  const add = (name: string) => sums.set(name, Number(sums.get(name) ?? 0) + 1);
  const born = typeof storedBorn === "string" ? storedBorn : firstRecording(beaten);
  if (born === undefined) return sums;
  sums.set(`${LIVE} born`, born);
  for (const minute of beaten.keys()) {
    const { row, day } = dayOf(minute);
    add(`${LIVE} beats`);
    add(`${row} ${day}`);
    if (minute < born) {
      add(`${LIVE} early`);
      add(`${row} early${day}`);
    }
    if (minute > String(sums.get(`${LIVE} newest`) ?? "")) sums.set(`${LIVE} newest`, minute);
  }
  return sums;
};

/** A lost `born` can be told again: each minute was recorded its lateness after its start. */
const firstRecording = (beaten: ReadonlyMap<Minute, number>): Minute | undefined => {
  let first = Number.POSITIVE_INFINITY;
  for (const [minute, lateness] of beaten) first = Math.min(first, startOf(minute) + lateness);
  return Number.isFinite(first) ? minuteAt(first) : undefined;
};

const storedSums = (rows: ReadonlyMap<string, Row>): string[] =>
  [...rows].flatMap(([key, row]) => {
    if (key === LIVE)
      return ["beats", "early", "newest"].filter((name) => name in row).map((name) => `${key} ${name}`);
    if (!key.startsWith("month#")) return [];
    return Object.keys(row)
      .filter((name) => /^(early)?[0-3]\d$/.test(name))
      .map((name) => `${key} ${name}`);
  });
