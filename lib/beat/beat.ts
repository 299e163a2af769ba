import { type BeatStore, latenessMs } from "../domain/beat-store.ts";
import type { Minute } from "../domain/minute.ts";
import { effectiveThresholds, MIN_STORED_LATE_AFTER, type Thresholds } from "../domain/thresholds.ts";
import { DEFAULT_NAMES, type Names } from "../service/names.ts";
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

/** The configuration of the deployed stage. */
export interface StageConfig {
  thresholds: Thresholds;
  /** The URL to request after each beat that is on time, also if a pause covers its minute. */
  notifyUrl?: URL | undefined;
  names?: Names;
}

export interface Invocation {
  event: unknown;
  /** Milliseconds since the epoch. */
  now: number;
  functionName: string;
}

/**
 * Counts the minute of a scheduled event exactly once, writes log and metrics, and notifies the dead man's switch.
 * @throws TypeError if the event has no valid time
 * @throws StoreUnavailableError, StoreRefusedError, MalformedRowError. The beat may be stored or not; retry the event.
 */
export const beat = async (
  store: BeatStore,
  { thresholds, notifyUrl, names = DEFAULT_NAMES }: StageConfig,
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
  // On Lambda, console wraps a line in JSON, in which CloudWatch finds no metrics.
  process.stdout.write(`${beatMetricsLine(functionName, outcome, recording, names)}\n`);
  // Notify last: its latency is outside our control. A covered minute notifies too, because the schedule works.
  if (outcome !== "duplicate" && notifyUrl && (await isOnTime(store, lateness, thresholds))) {
    await notify(notifyUrl, names);
  }
  return outcome === "covered" ? { counted, minute, paused: true } : { counted, minute };
};

/**
 * A beat that is `lateAfter` old does not show that the schedule works now. Under 120 s a beat is on time whatever the
 * thresholds, so most beats need no read.
 */
const isOnTime = async (
  store: Pick<BeatStore, "thresholds">,
  lateness: number,
  stage: Thresholds,
): Promise<boolean> => {
  if (lateness < MIN_STORED_LATE_AFTER * 1_000) return true;
  const stored = await store.thresholds().catch((error: unknown) => {
    console.error({ error: `${error}: using the stage's lateAfter to decide whether to notify` });
    return {};
  });
  return lateness < effectiveThresholds(stage, stored).lateAfter * 1_000;
};
