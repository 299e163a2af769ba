import { formatValue } from "./format-value.ts";

/** Seconds since the newest beat after which the state is late, and down. */
export interface Thresholds {
  lateAfter: number;
  downAfter: number;
}

/**
 * The least `lateAfter` that is accepted. EventBridge sends an event at any second of its minute, and delivery takes
 * seconds: just before the next beat, the newest one can be a little more than 120 seconds old.
 */
export const MIN_LATE_AFTER = 130;
/** The least `lateAfter` that earlier versions stored. A stored value stays effective until it is changed. */
export const MIN_STORED_LATE_AFTER = 120;
export const MAX_DOWN_AFTER = 7 * 86_400;

/**
 * Reads the thresholds of the stage from `LATE_AFTER` and `DOWN_AFTER`; the defaults are 150 and 270 seconds.
 * @throws Error that names the variable
 */
export const loadThresholds = (env: NodeJS.ProcessEnv = process.env): Thresholds => {
  const lateAfter = toSeconds(env["LATE_AFTER"] ?? "150");
  const downAfter = toSeconds(env["DOWN_AFTER"] ?? "270");
  const [fault] = findThresholdFaults({ lateAfter, downAfter }, ["LATE_AFTER", "DOWN_AFTER"]);
  if (fault !== undefined) throw new Error(fault);
  return { lateAfter: Number(lateAfter), downAfter: Number(downAfter) };
};

const toSeconds = (text: string): number | string => (/^\d{1,9}$/.test(text) ? Number(text) : text);

/** Describes what is wrong with thresholds, one sentence each. `late` and `down` are the names to use in the messages. */
export const findThresholdFaults = (
  { lateAfter, downAfter }: Record<keyof Thresholds, unknown>,
  [late, down] = ["lateAfter", "downAfter"],
  leastLate = MIN_LATE_AFTER,
): string[] => {
  const isLate = isSeconds(lateAfter) && lateAfter >= leastLate && lateAfter < MAX_DOWN_AFTER;
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

/** Describes what is wrong with thresholds of which an earlier version may have stored some, one sentence each. */
export const findStoredThresholdFaults = (thresholds: Thresholds): string[] =>
  findThresholdFaults(thresholds, undefined, MIN_STORED_LATE_AFTER);

const isSeconds = (value: unknown): value is number => typeof value === "number" && Number.isInteger(value);

/**
 * Stored thresholds take precedence over those of the stage. If a later deployment made the combination invalid, both
 * thresholds of the stage apply, so that reading the state never fails.
 */
export const effectiveThresholds = (stage: Thresholds, stored: Partial<Thresholds>): Thresholds => {
  const thresholds = { ...stage, ...stored };
  return findStoredThresholdFaults(thresholds).length === 0 ? thresholds : stage;
};
