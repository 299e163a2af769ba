import { type Minute, startOf } from "./minute.ts";

export interface Beat {
  minute: Minute;
  /** Ms since the epoch, by the function's clock. */
  recordedAt: number;
}

export interface BeatStore {
  /**
   * Marks the minute and adds one to every sum, all or nothing. `stored`: the minute had beaten before.
   * @throws StoreUnavailableError, MalformedRowError; after either the beat may or may not be stored:
   * record it again
   */
  record(beat: Beat): Promise<"counted" | "stored">;

  /** The number of distinct minutes ever recorded, each acknowledged one included. Throws as `record`. */
  count(): Promise<number>;
}

/** The database refuses, is out of reach or fails; the message says how, for the log alone. */
export class StoreUnavailableError extends Error {
  override name = "StoreUnavailableError";

  constructor(what: string, cause: unknown) {
    super(`${what}: ${cause instanceof Error ? `${cause.name}: ${cause.message}` : cause}`, { cause });
  }
}

/** A stored row has a shape that no version of this service writes. */
export class MalformedRowError extends Error {
  override name = "MalformedRowError";
}

/** Ms from the start of the minute to its recording, never below 0: EventBridge's clock may be ahead. */
export const latenessOf = ({ minute, recordedAt }: Beat): number => Math.max(0, recordedAt - startOf(minute));
