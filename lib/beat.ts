import { type BeatStore, latenessOf } from "./beat-store.ts";
import { bumpLine } from "./bump.ts";
import { emfLine } from "./emf.ts";
import type { Minute } from "./minute.ts";
import { minuteOf } from "./tick.ts";

export interface BeatReply {
  counted: boolean;
  minute: Minute;
  /** A pause covers the minute. */
  paused?: true;
}

export interface Invocation {
  event: unknown;
  /** Ms since the epoch. */
  now: number;
  functionName: string;
}

/** Counts the minute that the event names, once; logs and meters it. @throws as `minuteOf` and the store */
export const beat = async (
  store: BeatStore,
  { event, now, functionName }: Invocation,
): Promise<BeatReply> => {
  const minute = minuteOf(event, now);
  const recording = { minute, recordedAt: now };
  const outcome = await store.record(recording);
  const counted = outcome === "counted";
  if (counted) {
    console.info(bumpLine(now));
    console.info({ minute, lateness: latenessOf(recording) });
  }
  // Not by console, which Lambda wraps in JSON of its own that holds no metrics.
  process.stdout.write(`${emfLine(functionName, outcome, recording)}\n`);
  return { counted, minute, ...(outcome === "covered" ? { paused: true } : {}) };
};
