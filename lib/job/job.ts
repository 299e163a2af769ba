import type { Job } from "../beat/run-job.ts";

/**
 * Your job. Replace `undefined` with an async function: `async ({ minute, signal }) => { … }`. It runs for each scheduled
 * minute before the beat is counted; if it throws, the minute is not counted and Lambda tries again (docs/your-job.md).
 */
export const job: Job | undefined = undefined;
