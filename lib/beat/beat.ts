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
  /** The URL of an external dead man's switch. */
  notifyUrl?: URL | undefined;
}

export interface Invocation {
  event: unknown;
  /** Milliseconds since the epoch. */
  now: number;
  functionName: string;
}

/**
 * Records the minute of a scheduled event, writes the log and metrics lines, and notifies the dead man's switch.
 * @throws TypeError for an invalid event; StoreUnavailableError, StoreRefusedError, MalformedRowError
 */
export const beat = async (
  store: BeatStore,
  { thresholds, notifyUrl }: StageConfig,
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
  // Not with console: Lambda wraps its output in JSON, in which CloudWatch finds no metrics.
  process.stdout.write(`${beatMetricsLine(functionName, outcome, recording)}\n`);
  // Notify last: its latency is outside our control. A paused minute notifies too, because the schedule works.
  if (outcome !== "duplicate" && notifyUrl && (await isYoung(store, lateness, thresholds)))
    await notify(notifyUrl);
  return outcome === "covered" ? { counted, minute, paused: true } : { counted, minute };
};

/** A beat older than `lateAfter` does not show that the schedule works now. Under 120 s it is young whatever the thresholds. */
const isYoung = async (
  store: Pick<BeatStore, "thresholds">,
  lateness: number,
  stage: Thresholds,
): Promise<boolean> => {
  if (lateness < MIN_STORED_LATE_AFTER * 1_000) return true;
  const stored = await store.thresholds().catch((error: unknown) => {
    console.error({ error: `${error}: using the thresholds of the stage to decide whether to notify` });
    return {};
  });
  return lateness < effectiveThresholds(stage, stored).lateAfter * 1_000;
};
