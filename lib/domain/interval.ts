import type { Thresholds } from "./thresholds.ts";

/** The accepted intervals of the schedule in minutes: the divisors of 60, so that each hour has the same slots. */
export const INTERVALS: readonly number[] = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60];

export const isInterval = (value: unknown): value is number => INTERVALS.some((every) => every === value);

/** The accepted interval that a text states in minutes; undefined for any other text. */
export const parseInterval = (text: string): number | undefined =>
  INTERVALS.find((minutes) => String(minutes) === text);

/**
 * Reads the interval of the schedule in minutes from `EVERY`; the default is 1.
 * @throws Error that names the variable
 */
export const loadInterval = (env: NodeJS.ProcessEnv = process.env): number => {
  const text = env["EVERY"] ?? "1";
  const every = parseInterval(text);
  if (every !== undefined) return every;
  throw new Error(
    `EVERY must be a number of minutes that divides 60 (${INTERVALS.join(", ")}), not ${JSON.stringify(text)}`,
  );
};

/** The default thresholds: `late` after one missed slot and `down` after three, with 30 seconds for the delivery. */
export const defaultThresholds = (every: number): Thresholds => ({
  lateAfter: 2 * every * 60 + 30,
  downAfter: 4 * every * 60 + 30,
});
