import { formatValue } from "./format-value.ts";

/** Seconds from the start of the newest beaten minute until the state is late, and down. */
export interface Thresholds {
  lateAfter: number;
  downAfter: number;
}

/**
 * The smallest `lateAfter` that can be set. A rule runs at any second of its minute, and its event takes seconds to
 * arrive: just before the next beat, a healthy one can be a little more than 120 seconds old.
 */
export const MIN_LATE_AFTER = 130;
/** The smallest `lateAfter` that earlier versions stored. A stored value stays in effect until it is changed. */
export const MIN_STORED_LATE_AFTER = 120;
export const MAX_DOWN_AFTER = 7 * 86_400;

/**
 * Reads the environment variables `LATE_AFTER` and `DOWN_AFTER`, in seconds. The defaults are 150 and 270.
 * @throws Error naming the variable
 */
export const loadThresholds = (env: NodeJS.ProcessEnv = process.env): Thresholds => {
  const lateAfter = toSeconds(env["LATE_AFTER"] ?? "150");
  const downAfter = toSeconds(env["DOWN_AFTER"] ?? "270");
  const [fault] = findThresholdFaults({ lateAfter, downAfter }, ["LATE_AFTER", "DOWN_AFTER"]);
  if (fault !== undefined) throw new Error(fault);
  return { lateAfter: Number(lateAfter), downAfter: Number(downAfter) };
};

const toSeconds = (text: string): number | string => (/^\d{1,9}$/.test(text) ? Number(text) : text);

/** One sentence for each invalid threshold. The names are the ones that the caller uses for them. */
export const findThresholdFaults = (
  { lateAfter, downAfter }: Record<keyof Thresholds, unknown>,
  [late, down] = ["lateAfter", "downAfter"],
  minLateAfter = MIN_LATE_AFTER,
): string[] => {
  const isLate = isSeconds(lateAfter) && lateAfter >= minLateAfter && lateAfter < MAX_DOWN_AFTER;
  const least = isLate ? lateAfter : MIN_LATE_AFTER;
  const isDown = isSeconds(downAfter) && downAfter > least && downAfter <= MAX_DOWN_AFTER;
  const faults: string[] = [];
  if (!isLate) {
    faults.push(
      `${late} must be whole seconds, at least ${MIN_LATE_AFTER} and less than ${MAX_DOWN_AFTER} (7 days), not ${formatValue(lateAfter)}`,
    );
  }
  if (!isDown) {
    faults.push(
      `${down} must be whole seconds, more than ${late} (${least}) and at most ${MAX_DOWN_AFTER} (7 days), not ${formatValue(downAfter)}`,
    );
  }
  return faults;
};

/** One sentence for each invalid threshold, if some of them were stored by an earlier version. */
export const findStoredThresholdFaults = (thresholds: Thresholds): string[] =>
  findThresholdFaults(thresholds, undefined, MIN_STORED_LATE_AFTER);

const isSeconds = (value: unknown): value is number => typeof value === "number" && Number.isInteger(value);

/**
 * The thresholds in effect. A stored one takes precedence over that of the stage. If a later deployment has made the two
 * inconsistent, both are the stage's, so that no read fails.
 */
export const effectiveThresholds = (stage: Thresholds, stored: Partial<Thresholds>): Thresholds => {
  const thresholds = { ...stage, ...stored };
  return findStoredThresholdFaults(thresholds).length === 0 ? thresholds : stage;
};
