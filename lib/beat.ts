import { type BeatStore, latenessOf } from "./beat-store.ts";
import { bumpLine } from "./bump.ts";
import type { Minute } from "./minute.ts";
import { minuteOf } from "./tick.ts";

export interface BeatReply {
  counted: boolean;
  minute: Minute;
}

/** Counts the minute that `event` names, once; logs a counted beat. @throws as `minuteOf` and the store */
export const beat = async (store: BeatStore, event: unknown, now: number): Promise<BeatReply> => {
  const minute = minuteOf(event, now);
  const recording = { minute, recordedAt: now };
  const counted = (await store.record(recording)) === "counted";
  if (counted) {
    console.info(bumpLine(now));
    console.info({ minute, lateness: latenessOf(recording) });
  }
  return { counted, minute };
};
