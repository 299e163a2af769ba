import { type Beat, latenessMs, type Outcome } from "../domain/beat-store.ts";
import { StoreUnavailableError } from "../domain/errors.ts";
import { dayAt, minuteAt, startOf } from "../domain/minute.ts";
import type { CoveredDay } from "../domain/pauses.ts";
import { daySums, hourOf, LIVE, type Row, SETTINGS } from "./keys.ts";
import { createPauseLookup, NOT_PAUSED, totalCovered, writeBeat } from "./pause-lookup.ts";
import { addSums, type Condition, type Table, type Write } from "./requests.ts";
import { type Live, toLive } from "./rows.ts";

/** How a beat changes the row `live`, by how its minute compares with the stored ones. */
const CASES = {
  first: {
    condition: "attribute_not_exists(born)",
    update: "SET born = :now, newest = :minute ADD beats :one",
  },
  newest: {
    condition: "born <= :minute AND (attribute_not_exists(newest) OR newest < :minute)",
    update: "SET newest = :minute ADD beats :one",
  },
  late: {
    condition: "born <= :minute AND newest >= :minute",
    update: "ADD beats :one",
  },
  /** The minute lies before `born`, or, if nothing is recorded yet, before the current minute. */
  early: {
    condition: "(attribute_not_exists(born) OR born > :minute)",
    update: "SET born = if_not_exists(born, :now) ADD beats :one, early :one",
  },
} as const;
type BeatCase = keyof typeof CASES;

interface Attempt {
  beatCase: BeatCase;
  notPaused: Condition;
  /** Minutes since `born` in ended pauses, which the first beat adds to the totals. */
  covered: readonly CoveredDay[];
}

/** Needs no read, and succeeds for nearly every beat. */
const OPTIMISTIC: Attempt = { beatCase: "newest", notPaused: NOT_PAUSED, covered: [] };

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
  let attempt = OPTIMISTIC;
  for (let count = 1; count <= MAX_ATTEMPTS; count++) {
    const { outcome, live } = await attemptBeat(table, beat, attempt);
    if (outcome !== undefined) return outcome;
    const coverage = await pauses.checkLastPause(live);
    if (coverage === "covered") return "covered";
    if (coverage === "changed") continue;
    if (count === MAX_ATTEMPTS) break;
    if (await pauses.isCoveredByEarlierPause(live)) return "covered";
    attempt = {
      beatCase: caseOf(beat, toLive(live)),
      notPaused: pauses.expectUnchanged(live),
      covered: await pauses.coveredBeforeFirstBeat(live),
    };
  }
  throw new StoreUnavailableError(
    "the beat could not be recorded",
    `concurrent changes in ${MAX_ATTEMPTS} attempts`,
  );
};

const caseOf = ({ minute, recordedAt }: Beat, { born, newest }: Live): BeatCase => {
  if (minute < (born ?? minuteAt(recordedAt))) return "early";
  if (born === undefined) return "first";
  return newest !== undefined && minute <= newest ? "late" : "newest";
};

/** If there is no outcome, the condition on the row `live` failed; `live` is then the stored row. */
const attemptBeat = async (
  table: Table,
  beat: Beat,
  attempt: Attempt,
): Promise<{ outcome?: Outcome; live?: Row | undefined }> => {
  const { beatCase, covered } = attempt;
  const early = beatCase === "early" ? 1 : 0;
  const days = daySums([[dayAt(startOf(beat.minute)), { beats: 1, early }], ...covered]);
  const writes = [markMinute(beat), addToLive(beat, attempt), ...[...days].map(addSums)];
  if (covered.length > 0) writes.push(addSums([SETTINGS, { covered: totalCovered(covered) }]));
  const conditions = await writeBeat(table, writes);
  if (conditions === undefined) return { outcome: "counted" };
  const [hour, live] = conditions;
  return hour?.failed ? { outcome: "duplicate" } : { live: live?.row };
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

const addToLive = ({ minute, recordedAt }: Beat, { beatCase, notPaused }: Attempt): Write => {
  const { update, condition } = CASES[beatCase];
  const expression = `${condition} AND ${notPaused.expression}`;
  const values = { ":one": 1, ":minute": minute, ":now": minuteAt(recordedAt) };
  // DynamoDB rejects a value that no expression uses.
  const used = Object.entries(values).filter(([name]) => `${update} ${expression}`.includes(name));
  return { row: LIVE, update, values: Object.fromEntries(used), condition: { ...notPaused, expression } };
};
