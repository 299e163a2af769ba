import { type Day, type Minute, startOf } from "./minute.ts";
import type { Thresholds } from "./thresholds.ts";

export interface Beat {
  minute: Minute;
  /** Ms since the epoch, by the function's clock. */
  recordedAt: number;
}

/** What becomes of a beat. `stored`: the minute had beaten before; `covered`: by a pause, it never counts. */
export type Outcome = "counted" | "stored" | "covered";

/** Whole minutes that beat and miss nothing, both ends included; without `to` it goes on. */
export interface Pause {
  from: Minute;
  to?: Minute;
  /** Told of the one that goes on. */
  reason?: string;
}

export interface DaySums {
  beats: number;
  /** Those of `beats` whose minutes lie before `born`. */
  early: number;
  /** Minutes since `born` that pauses cover which have ended. */
  covered: number;
}

/** All that a snapshot is computed from. Sums of days and of all time, minutes only of late. */
export interface History extends DaySums {
  /** The minute, by the function's clock, in which the first beat was recorded. */
  born: Minute | undefined;
  /** Of the beaten minutes since `born`. */
  newest: Minute | undefined;
  /** Ms from the start of each beaten minute to its recording. */
  minutes: ReadonlyMap<Minute, number>;
  days: ReadonlyMap<Day, DaySums>;
  /** In order of time, none overlapping: each that ended of late, the last that did, and the one that goes on. */
  pauses: readonly Pause[];
  /** Those that are stored; they win over the stage's. */
  thresholds: Partial<Thresholds>;
}

/** How far back a history is told. */
export interface SnapshotRange {
  minutes: Minute;
  days: Day;
}

/** A piece of the past, both ends included; what is left out is not told. */
export interface HistoryRange {
  minutes?: { from: Minute; to: Minute };
  days?: { from: Day; to: Day };
}

/** What is stored of a stretch. `pauses`: all that reach into its minutes, and those that a history has. */
export type Past = Pick<History, "born" | "minutes" | "days" | "pauses" | "thresholds">;

export interface BeatStore {
  /**
   * Marks the minute and adds one to every sum, all or nothing. What is stored of pauses and has an
   * unexpected shape stops no beat: it is logged, and taken for no pause.
   * @throws StoreUnavailableError, StoreRefusedError, MalformedRowError; after any of them the beat may or may not
   * be stored: record it again
   */
  record(beat: Beat): Promise<Outcome>;

  /** The number of distinct minutes ever recorded, each acknowledged one included. Throws as `record`. */
  count(): Promise<number>;

  /**
   * What is stored, every acknowledged beat included. One that is recorded meanwhile may be in some of its
   * sums and not in others. Throws as `record`.
   */
  history(reach: SnapshotRange): Promise<History>;

  /** As `history`, however long ago the stretch is. */
  past(stretch: HistoryRange): Promise<Past>;

  /** The rules that are stored. Throws as `record`. */
  thresholds(): Promise<Partial<Thresholds>>;
}

/** The database is out of reach, throttles or fails: a later try may succeed. The message is for the log alone. */
export class StoreUnavailableError extends Error {
  override name = "StoreUnavailableError";

  constructor(what: string, cause: unknown) {
    super(`${what}: ${describe(cause)}`, { cause });
  }
}

/**
 * The database refuses the request and will refuse it again: access is denied, the table is missing, the credentials
 * are invalid. The message, which is for the log alone, says what to change.
 */
export class StoreRefusedError extends Error {
  override name = "StoreRefusedError";

  constructor(what: string, cause: unknown, remedy: string) {
    super(`${what}: ${describe(cause)}${/[.!?]$/.test(describe(cause)) ? "" : "."} ${remedy}`, { cause });
  }
}

const describe = (cause: unknown): string =>
  cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);

/** A stored row has a shape that no version of this service writes. */
export class MalformedRowError extends Error {
  override name = "MalformedRowError";
}

/** Ms from the start of the minute to its recording, never below 0: EventBridge's clock may be ahead. */
export const latenessMs = ({ minute, recordedAt }: Beat): number => Math.max(0, recordedAt - startOf(minute));
