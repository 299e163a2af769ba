import { type BeatStore, latenessMs } from "../domain/beat-store.ts";
import type { Minute } from "../domain/minute.ts";
import { effectiveThresholds, MIN_STORED_LATE_AFTER, type Thresholds } from "../domain/thresholds.ts";
import { eventMinute } from "./event-minute.ts";
import { logLine } from "./log-line.ts";
import { beatMetricsLine } from "./metrics-line.ts";
import { notify } from "./notify.ts";

export interface BeatReply {
  counted: boolean;
  minute: Minute;
  /** A pause covers the minute. */
  paused?: true;
}

/** What the stage was deployed with. */
export interface StageConfig {
  thresholds: Thresholds;
  /** The URL that is requested after each young beat and each young minute that a pause covers. */
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
  { thresholds: rules, notifyUrl }: StageConfig,
  { event, now, functionName }: Invocation,
): Promise<BeatReply> => {
  const minute = eventMinute(event, now);
  const recording = { minute, recordedAt: now };
  const lateness = latenessMs(recording);
  const outcome = await store.record(recording);
  const counted = outcome === "counted";
  if (counted) {
    console.info(logLine(now));
    console.info({ minute, lateness });
  }
  // Not by console, which Lambda wraps in JSON of its own that holds no metrics.
  process.stdout.write(`${beatMetricsLine(functionName, outcome, recording)}\n`);
  // Last, for how long it takes is not ours to say.
  // A covered minute notifies too: the schedule runs, and the pause is on purpose.
  if (outcome !== "duplicate" && notifyUrl && (await isYoung(store, lateness, rules)))
    await notify(notifyUrl);
  return { counted, minute, ...(outcome === "covered" ? { paused: true } : {}) };
};

/** A beat as old as `lateAfter` is no sign that the schedule works now. Under 120 s it is young whatever the rules are. */
const isYoung = async (
  store: Pick<BeatStore, "thresholds">,
  lateness: number,
  stage: Thresholds,
): Promise<boolean> => {
  if (lateness < MIN_STORED_LATE_AFTER * 1_000) return true;
  const stored = await store.thresholds().catch((error: unknown) => {
    console.error({ error: `${error}: whom to notify is decided by the stage's rules` });
    return {};
  });
  return lateness < effectiveThresholds(stage, stored).lateAfter * 1_000;
};
