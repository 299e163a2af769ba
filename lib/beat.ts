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
  const recording = { minute: minuteOf(event, now), recordedAt: now };
  const counted = (await store.record(recording)) === "counted";
  if (counted) {
    console.info(bumpLine(now));
    console.info(JSON.stringify({ minute: recording.minute, lateness: latenessOf(recording) }));
  }
  return { counted, minute: recording.minute };
};
