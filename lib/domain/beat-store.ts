import { type Day, type Minute, startOf } from "./minute.ts";
import type { Thresholds } from "./thresholds.ts";

export interface Beat {
  minute: Minute;
  /** When the function records the beat, in milliseconds since the epoch. */
  recordedAt: number;
  /** The interval of the schedule in minutes; 1 if absent. */
  every?: number | undefined;
}

/**
 * What became of a beat.
 * - `counted`: the minute is marked now.
 * - `duplicate`: the minute was marked before.
 * - `covered`: a pause covers the minute, so it never counts.
 */
export type Outcome = "counted" | "duplicate" | "covered";

/** Minutes that are neither counted nor missed, both ends included. Without `to` the pause is open. */
export interface Pause {
  from: Minute;
  to?: Minute;
  /** In a history only an open pause has one. */
  reason?: string;
}

export interface DaySums {
  beats: number;
  /** The part of `beats` whose minutes lie before `born`. */
  early: number;
  /** Minutes since `born` that ended pauses cover. */
  covered: number;
}

/** The minutes and days to read, both ends included. Without `to`: up to the newest one. */
export interface HistoryRange {
  minutes?: { from: Minute; to?: Minute };
  days?: { from: Day; to?: Day };
}

/** Whole days to read minute by minute, and the range of the pauses to read, both ends included. */
export interface PastRange {
  days: readonly Day[];
  pauses: { from: Minute; to?: Minute };
}

/** Minutes and pauses of the past. */
export interface StoredPast {
  /** Milliseconds from the start of each beaten minute to its recording. */
  minutes: ReadonlyMap<Minute, number>;
  /** In order of time; each with its reason. */
  pauses: readonly Pause[];
  /** Every pause that covers a minute from here on is in `pauses`: there is a limit to the pauses that are read. */
  pausesKnownFrom: Minute;
}

/** What is stored: the totals of all time, and the minutes and days of a range. */
export interface History extends DaySums {
  /**
   * The minute, by the function's clock, in which the first beat was recorded, or the first one since the interval
   * changed.
   */
  born: Minute | undefined;
  /** The interval in minutes of the beats since `born`; 1 if absent. */
  slotMinutes?: number | undefined;
  /** The newest beaten minute since `born`. */
  newest: Minute | undefined;
  /** Milliseconds from the start of each beaten minute to its recording. */
  minutes: ReadonlyMap<Minute, number>;
  /** The days with a beat or a covered slot. */
  days: ReadonlyMap<Day, DaySums>;
  /**
   * In order of time, without overlaps: recently ended pauses, always the latest one, and the open one. If the range has
   * a last minute, also every pause that covers one of its minutes.
   */
  pauses: readonly Pause[];
  /** The stored thresholds, which take precedence over those of the stage. */
  thresholds: Partial<Thresholds>;
}

/** Bounds the cost of reading the past. */
export const MAX_PAST_PAUSES = 100;
/** The most time that `record` and then `thresholds` take, in milliseconds. */
export const RECORD_LIMIT_MS = 90_000;

export interface BeatStore {
  /**
   * The outcome of a beat that `record` would not count: its minute is marked, or a pause covers it. Undefined if `record`
   * would count it now. A minute of an open pause is stored as paused first, so that the pause cannot end before it.
   * @throws StoreUnavailableError, StoreRefusedError
   */
  lookUp(beat: Beat): Promise<"duplicate" | "covered" | undefined>;

  /**
   * Marks the minute and adds 1 to each total, in one transaction. Malformed pause data is logged and ignored.
   * @throws StoreUnavailableError, StoreRefusedError, MalformedRowError. The beat may be stored or not; record it again.
   */
  record(beat: Beat): Promise<Outcome>;

  /**
   * The number of distinct minutes ever recorded, including every acknowledged one.
   * @throws StoreUnavailableError, StoreRefusedError, MalformedRowError
   */
  count(): Promise<number>;

  /**
   * What is stored, including every acknowledged beat. A beat that is recorded while this reads can be in some totals
   * and not in others.
   * @throws StoreUnavailableError, StoreRefusedError, MalformedRowError
   */
  read(range: HistoryRange): Promise<History>;

  /**
   * Minutes of the days, and the newest pauses of the range, at most `MAX_PAST_PAUSES`.
   * @throws StoreUnavailableError, StoreRefusedError, MalformedRowError
   */
  past(range: PastRange): Promise<StoredPast>;

  /**
   * The stored thresholds.
   * @throws StoreUnavailableError, StoreRefusedError, MalformedRowError
   */
  thresholds(): Promise<Partial<Thresholds>>;
}

/** Milliseconds from the start of the minute to its recording. Never below 0: EventBridge's clock can be ahead. */
export const latenessMs = ({ minute, recordedAt }: Beat): number => Math.max(0, recordedAt - startOf(minute));
