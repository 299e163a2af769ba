import { inspect } from "node:util";
import { RECORD_LIMIT_MS } from "../domain/beat-store.ts";
import type { Minute } from "../domain/minute.ts";
import { formatValue } from "../text/format-value.ts";
import { NOTIFY_LIMIT_MS } from "./notify.ts";

export interface JobInput {
  /** The scheduled minute, such as `2026-11-23T22:40Z`. A retry gets the same minute. */
  minute: Minute;
  /** Aborts at the time limit of the job. Pass it to `fetch` and to everything else that can take long. */
  signal: AbortSignal;
}

/** A function that runs at least once for each counted minute. If it throws, the minute is not counted. */
export type Job = (input: JobInput) => Promise<unknown>;

/** A job that handles the abort can end within this time, for example to close a connection. */
const CLEAN_UP_MS = 1_000;

/** What the function needs after the time limit of the job, to record the beat and to notify, with a second to spare. */
export const RESERVED_MS = CLEAN_UP_MS + RECORD_LIMIT_MS + NOTIFY_LIMIT_MS + 1_000;

/** The job failed or exceeded its time limit. The message names the job and the minute. */
export class JobError extends Error {
  override name = "JobError";
}

/**
 * Runs the job for a minute and logs its name and duration. `remainingMs`: milliseconds until the timeout of the function.
 * @throws JobError whose cause is the error of the job
 */
export const runJob = async (job: Job, minute: Minute, remainingMs: number): Promise<void> => {
  const name = job.name || "job";
  const limitMs = remainingMs - RESERVED_MS;
  if (limitMs <= 0) {
    throw new JobError(
      `job ${name} did not run for ${minute}: ${seconds(remainingMs)} until the timeout of the function are too few, because recording the beat can take ${seconds(RESERVED_MS)}; raise timeout in serverless.yml`,
    );
  }
  const start = performance.now();
  const report = () => ({ job: name, minute, ms: Math.round(performance.now() - start) });
  try {
    await runWithin(limitMs, (signal) => job({ minute, signal }));
  } catch (cause) {
    // The stack shows where the job failed; the stack of the error below shows only this function.
    console.error({ ...report(), error: inspect(cause) });
    throw new JobError(`job ${name} failed for ${minute}: ${describe(cause)}`, { cause });
  }
  console.info(report());
};

/** Rejects when the job rejects, or soon after the time limit. Does not wait for a job that ignores its signal. */
const runWithin = async (limitMs: number, run: (signal: AbortSignal) => Promise<unknown>): Promise<void> => {
  const overdue = new DOMException(`the job exceeded its time limit of ${seconds(limitMs)}`, "TimeoutError");
  const controller = new AbortController();
  const timers: NodeJS.Timeout[] = [];
  const expired = new Promise<never>((_, reject) => {
    // AbortSignal.timeout would not keep the process alive while the job waits.
    timers.push(setTimeout(() => controller.abort(overdue), limitMs));
    timers.push(setTimeout(() => reject(overdue), limitMs + CLEAN_UP_MS));
  });
  try {
    await Promise.race([run(controller.signal), expired]);
  } catch (error) {
    throw controller.signal.aborted && error !== overdue ? Object.assign(overdue, { cause: error }) : error;
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
};

const seconds = (ms: number): string => `${Math.max(0, ms / 1_000).toFixed(1)} s`;

/** The reason of a failed fetch is in the cause of its error. */
const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return formatValue(error);
  const { name, message, cause } = error;
  const reason = cause instanceof Error ? cause.message || ("code" in cause && cause.code) : undefined;
  return reason ? `${name}: ${message} (${reason})` : `${name}: ${message}`;
};
