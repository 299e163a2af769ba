import { type BeatStore, latenessMs } from "../domain/beat-store.ts";
import type { Minute } from "../domain/minute.ts";
import { effectiveThresholds, minStoredLateAfter, type StageRules } from "../domain/thresholds.ts";
import type { Names } from "../service/names.ts";
import { eventMinute } from "./event-minute.ts";
import { logLine } from "./log-line.ts";
import { beatMetricsLine } from "./metrics-line.ts";
import { notify } from "./notify.ts";
import { type Job, runJob } from "./run-job.ts";

export interface BeatReply {
  counted: boolean;
  minute: Minute;
  /** A pause covers the minute. */
  paused?: true;
}

/** The configuration of the deployed stage. */
export interface StageConfig {
  thresholds: StageRules;
  /** The URL to request after each beat that is on time, also if a pause covers its minute. */
  notifyUrl?: URL | undefined;
  names: Names;
  /** Runs before the beat of each minute is recorded. */
  job?: Job | undefined;
}

export interface Invocation {
  event: unknown;
  /** Returns milliseconds since the epoch. */
  clock: () => number;
  /** Returns the milliseconds until the timeout of the function. */
  remainingMs: () => number;
  functionName: string;
}

/**
 * Counts the minute of a scheduled event exactly once, writes log and metrics, and notifies the dead man's switch. If the
 * stage has a job, a minute is counted only after the job has succeeded.
 * @throws TypeError if the event has no valid time
 * @throws JobError if the job failed; the beat is not stored
 * @throws StoreUnavailableError, StoreRefusedError, MalformedRowError. The beat may be stored or not; retry the event.
 */
export const beat = async (
  store: BeatStore,
  { thresholds, notifyUrl, names, job }: StageConfig,
  { event, clock, remainingMs, functionName }: Invocation,
): Promise<BeatReply> => {
  const { every } = thresholds;
  const minute = eventMinute(event, clock(), every);
  // Only a job needs this read: without one, the transaction alone finds duplicates and pauses.
  const known = job && (await store.lookUp({ minute, recordedAt: clock() }));
  if (job && known === undefined) await runJob(job, minute, remainingMs());
  const recording = { minute, recordedAt: clock(), every };
  const lateness = latenessMs(recording);
  const outcome = known ?? (await store.record(recording));
  const counted = outcome === "counted";
  if (counted) {
    console.info(logLine(recording.recordedAt));
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
 * A beat that is `lateAfter` old does not show that the schedule works now. Below two intervals a beat is on time whatever
 * the thresholds, so most beats need no read.
 */
const isOnTime = async (
  store: Pick<BeatStore, "thresholds">,
  lateness: number,
  stage: StageRules,
): Promise<boolean> => {
  if (lateness < minStoredLateAfter(stage.every) * 1_000) return true;
  const stored = await store.thresholds().catch((error: unknown) => {
    console.error({ error: `${error}: using the stage's lateAfter to decide whether to notify` });
    return {};
  });
  return lateness < effectiveThresholds(stage, stored).lateAfter * 1_000;
};
