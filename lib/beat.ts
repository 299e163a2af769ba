import { type BeatStore, latenessOf } from "./beat-store.ts";
import { bumpLine } from "./bump.ts";
import { emfLine } from "./emf.ts";
import type { Minute } from "./minute.ts";
import { notify } from "./notify.ts";
import type { Rules } from "./rules.ts";
import { minuteOf } from "./tick.ts";

export interface BeatReply {
  counted: boolean;
  minute: Minute;
}

/** What the stage was deployed with. */
export interface Stage {
  rules: Pick<Rules, "lateAfter">;
  /** Who is told of each beat; undefined: nobody. */
  notifyUrl?: URL | undefined;
}

export interface Invocation {
  event: unknown;
  /** Ms since the epoch. */
  now: number;
  functionName: string;
}

/**
 * Counts the minute that the event names, once; logs and meters it, and tells the outside.
 * @throws as `minuteOf` and the store
 */
export const beat = async (
  store: BeatStore,
  { rules, notifyUrl }: Stage,
  { event, now, functionName }: Invocation,
): Promise<BeatReply> => {
  const minute = minuteOf(event, now);
  const recording = { minute, recordedAt: now };
  const lateness = latenessOf(recording);
  const counted = (await store.record(recording)) === "counted";
  if (counted) {
    console.info(bumpLine(now));
    console.info({ minute, lateness });
  }
  // Not by console, which Lambda wraps in JSON of its own that holds no metrics.
  process.stdout.write(`${emfLine(functionName, counted ? "counted" : "duplicate", recording)}\n`);
  // Last, for how long it takes is not ours to say. A beat that comes when the heart is late already is no
  // sign of life.
  if (counted && notifyUrl && lateness < rules.lateAfter * 1_000) await notify(notifyUrl);
  return { counted, minute };
};
