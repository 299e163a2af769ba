import type { EventDefinition } from "./check.ts";

/** The next run of a schedule after `now`, both in milliseconds since the epoch; `every` is its interval in minutes. */
export const nextRun = (now: number, every: number): number => {
  const interval = every * 60_000;
  return (Math.floor(now / interval) + 1) * interval;
};

export const toWords = (every: number): string => (every === 1 ? "every minute" : `every ${every} minutes`);

/** Whether serverless-offline runs a schedule of these events: each one unless `enabled` is false. */
export const isScheduled = (events: readonly EventDefinition[]): boolean =>
  events.some(({ schedule }) => typeof schedule === "string" || (schedule && schedule["enabled"] !== false));
