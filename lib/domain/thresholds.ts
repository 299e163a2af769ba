import { formatValue } from "../text/format-value.ts";
import { defaultThresholds, loadInterval } from "./interval.ts";

/** Seconds since the newest beat after which the state is late, and down. */
export interface Thresholds {
  lateAfter: number;
  downAfter: number;
}

/** The thresholds and the interval of a deployed stage. */
export interface StageRules extends Thresholds {
  /** The interval of the schedule in minutes. */
  every: number;
}

/**
 * The least `lateAfter` that is accepted. EventBridge sends an event at any second of its minute, and delivery takes
 * seconds: just before the next beat, the newest one can be a little older than two intervals.
 */
export const minLateAfter = (every: number): number => minStoredLateAfter(every) + 10;
/** The least `lateAfter` that earlier versions stored. A stored value stays effective until it is changed. */
export const minStoredLateAfter = (every: number): number => 2 * every * 60;
export const MAX_DOWN_AFTER = 7 * 86_400;

/**
 * Reads the interval of the stage from `EVERY` and its thresholds from `LATE_AFTER` and `DOWN_AFTER`. The defaults are 1
 * minute, and 150 and 270 seconds for it.
 * @throws Error that names the variable
 */
export const loadThresholds = (env: NodeJS.ProcessEnv = process.env): StageRules => {
  const every = loadInterval(env);
  const defaults = defaultThresholds(every);
  const lateAfter = toSeconds(env["LATE_AFTER"] ?? String(defaults.lateAfter));
  const downAfter = toSeconds(env["DOWN_AFTER"] ?? String(defaults.downAfter));
  const [fault] = findThresholdFaults({ lateAfter, downAfter }, minLateAfter(every), [
    "LATE_AFTER",
    "DOWN_AFTER",
  ]);
  if (fault !== undefined) throw new Error(fault);
  return { lateAfter: Number(lateAfter), downAfter: Number(downAfter), every };
};

const toSeconds = (text: string): number | string => (/^\d{1,9}$/.test(text) ? Number(text) : text);

/** Describes what is wrong with thresholds, one sentence each. `late` and `down` are the names to use in the messages. */
export const findThresholdFaults = (
  { lateAfter, downAfter }: Record<keyof Thresholds, unknown>,
  leastLate: number,
  [late, down] = ["lateAfter", "downAfter"],
): string[] => {
  const isLate = isSeconds(lateAfter) && lateAfter >= leastLate && lateAfter < MAX_DOWN_AFTER;
  const least = isLate ? lateAfter : leastLate;
  const isDown = isSeconds(downAfter) && downAfter > least && downAfter <= MAX_DOWN_AFTER;
  const faults: string[] = [];
  if (!isLate) {
    faults.push(
      `${late} must be whole seconds, at least ${leastLate} and less than ${MAX_DOWN_AFTER} (7 days), not ${formatValue(lateAfter)}`,
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
export const findStoredThresholdFaults = ({ every, ...thresholds }: StageRules): string[] =>
  findThresholdFaults(thresholds, minStoredLateAfter(every));

const isSeconds = (value: unknown): value is number => typeof value === "number" && Number.isInteger(value);

/**
 * Stored thresholds take precedence over those of the stage. If a later deployment made the combination invalid, both
 * thresholds of the stage apply, so that reading the state never fails.
 */
export const effectiveThresholds = (stage: StageRules, stored: Partial<Thresholds>): StageRules => {
  const effective = { ...stage, ...stored };
  return findStoredThresholdFaults(effective).length === 0 ? effective : stage;
};
