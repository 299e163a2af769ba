import { type Beat, latenessMs, type Outcome } from "../../domain/beat-store.ts";
import { StoreUnavailableError } from "../../domain/errors.ts";
import { dayAt, minuteAt, startOf } from "../../domain/minute.ts";
import type { CoveredDay } from "../../domain/pauses.ts";
import { daySums, hourOf, LIVE, type Row, SETTINGS } from "../table/keys.ts";
import { addSums, type Condition, type Table, usedIn, type Write } from "../table/requests.ts";
import { type Live, toLive } from "../table/rows.ts";
import { bornUnder, intervalChange } from "./interval-change.ts";
import { createPauseLookup, NOT_PAUSED, totalCovered, writeBeat } from "./pause-lookup.ts";

const NO_BEAT = "attribute_not_exists(born)";
/**
 * How a beat changes the row `live`, by how its minute compares with the stored ones. `#same` and `#begin` stand for the
 * interval: the condition that it is the stored one, and its assignment.
 */
const CASES = {
  first: { condition: NO_BEAT, update: "SET born = :now, newest = :minute#begin ADD beats :one" },
  /** The first recorded beat, of a minute before the current one. */
  firstEarly: { condition: NO_BEAT, update: "SET born = :now#begin ADD beats :one, early :one" },
  newest: {
    condition: "born <= :minute AND (attribute_not_exists(newest) OR newest < :minute) AND #same",
    update: "SET newest = :minute ADD beats :one",
  },
  late: { condition: "born <= :minute AND newest >= :minute AND #same", update: "ADD beats :one" },
  early: { condition: "born > :minute", update: "ADD beats :one, early :one" },
} as const;
type BeatCase = keyof typeof CASES;

/** Each concurrent beat or pause that changes the case or the pause costs an attempt; there is one beat a minute. */
const MAX_ATTEMPTS = 4;

/** A transaction and one more request for each attempt, and once a query for an earlier pause. */
export const MAX_RECORD_REQUESTS = MAX_ATTEMPTS * 2 + 1;

/**
 * The life of a beat: one transaction marks its minute and adds 1 to the totals. If a condition fails, the rows that
 * DynamoDB returns, and sometimes a query for an earlier pause, say why: the minute is marked already, a pause covers it,
 * or the case or the last pause has changed.
 * @throws StoreUnavailableError, StoreRefusedError, MalformedRowError
 */
export const recordBeat = async (table: Table, beat: Beat): Promise<Outcome> => {
  const pauses = createPauseLookup(table, beat);
  // Needs no read, and succeeds for nearly every beat.
  let writes = sumsOf(beat, "newest", NOT_PAUSED, []);
  for (let count = 1; count <= MAX_ATTEMPTS; count++) {
    const conditions = await writeBeat(table, [markMinute(beat), ...writes]);
    if (conditions === undefined) return "counted";
    const [mark, totals] = conditions;
    if (mark?.failed) return "duplicate";
    const live = totals?.row;
    const coverage = await pauses.checkLastPause(live);
    if (coverage === "covered") return "covered";
    if (coverage === "changed") continue;
    if (count === MAX_ATTEMPTS) break;
    if (await pauses.isCoveredByEarlierPause(live)) return "covered";
    writes = await nextWrites(beat, pauses, live);
  }
  throw new StoreUnavailableError(
    "the beat could not be recorded",
    `concurrent changes in ${MAX_ATTEMPTS} attempts`,
  );
};

/** The writes of the next attempt, by the row `live` that the last one met. */
const nextWrites = async (
  beat: Beat,
  pauses: ReturnType<typeof createPauseLookup>,
  row: Row | undefined,
): Promise<Write[]> => {
  const live = toLive(row);
  const beatCase = caseOf(beat, live);
  const begins = live.born === undefined || beatCase === "otherInterval";
  const born = bornUnder(beat, live);
  const covered = begins ? await pauses.coveredSince(born, row) : [];
  const notPaused = pauses.expectUnchanged(row);
  return beatCase === "otherInterval"
    ? intervalChange(beat, live, { born, covered, notPaused, hasPauses: row?.["openFrom"] !== undefined })
    : sumsOf(beat, beatCase, notPaused, covered);
};

const caseOf = (
  { minute, recordedAt, every = 1 }: Beat,
  { born, newest, slotMinutes = 1 }: Live,
): BeatCase | "otherInterval" => {
  if (born === undefined) return minute < minuteAt(recordedAt, every) ? "firstEarly" : "first";
  if (minute < born) return "early";
  if (slotMinutes !== every) return "otherInterval";
  return newest !== undefined && minute <= newest ? "late" : "newest";
};

const markMinute = (beat: Beat): Write => {
  const { row, attribute } = hourOf(beat.minute);
  return {
    row,
    update: "SET #minute = :lateness",
    names: { "#minute": attribute },
    values: { ":lateness": latenessMs(beat) },
    condition: { expression: "attribute_not_exists(#minute)" },
  };
};

/** The sums that a beat changes. `covered`: what the first beat adds for ended pauses. */
const sumsOf = (
  { minute, recordedAt, every = 1 }: Beat,
  beatCase: BeatCase,
  notPaused: Condition,
  covered: readonly CoveredDay[],
): Write[] => {
  const same = every === 1 ? "attribute_not_exists(slotMinutes)" : "slotMinutes = :every";
  const update = CASES[beatCase].update.replace("#begin", every === 1 ? "" : `, ${same}`);
  const expression = `${CASES[beatCase].condition.replace("#same", same)} AND ${notPaused.expression}`;
  const all = { ":one": 1, ":minute": minute, ":now": minuteAt(recordedAt, every), ":every": every };
  const values = usedIn(`${update} ${expression}`, all);
  const sums = { beats: 1, early: update.includes("early") ? 1 : 0 };
  const rows = daySums([[dayAt(startOf(minute)), sums], ...covered]);
  if (covered.length > 0) rows.set(SETTINGS, { covered: totalCovered(covered) });
  return [{ row: LIVE, update, values, condition: { ...notPaused, expression } }, ...[...rows].map(addSums)];
};
