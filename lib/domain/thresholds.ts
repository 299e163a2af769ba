import { formatValue } from "./format-value.ts";

/** After how many seconds without a beat the heart is late, and down. */
export interface Thresholds {
  lateAfter: number;
  downAfter: number;
}

/**
 * The least `lateAfter` that can be given. A rule runs at any second of its minute, and its event takes seconds to
 * arrive: just before the next beat, the newest one can be a little more than 120 seconds old.
 */
export const MIN_LATE_AFTER = 130;
/** The least `lateAfter` that earlier versions stored. A stored value stays in force until it is changed. */
export const MIN_STORED_LATE_AFTER = 120;
export const MAX_DOWN_AFTER = 7 * 86_400;

/**
 * The rules that the environment holds in `LATE_AFTER` and `DOWN_AFTER`; the defaults are 150 and 270 seconds.
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

/** What is wrong with rules, a sentence each; the names are those that their giver knows them by. */
export const findThresholdFaults = (
  { lateAfter, downAfter }: Record<keyof Thresholds, unknown>,
  [late, down] = ["lateAfter", "downAfter"],
  leastLate = MIN_LATE_AFTER,
): string[] => {
  const isLate = isSeconds(lateAfter) && lateAfter >= leastLate && lateAfter < MAX_DOWN_AFTER;
  const least = isLate ? lateAfter : MIN_LATE_AFTER;
  const isDown = isSeconds(downAfter) && downAfter > least && downAfter <= MAX_DOWN_AFTER;
  return [
    ...(isLate
      ? []
      : [
          `${late} must be whole seconds, at least ${MIN_LATE_AFTER} and less than ${MAX_DOWN_AFTER} (7 days), not ${formatValue(lateAfter)}`,
        ]),
    ...(isDown
      ? []
      : [
          `${down} must be whole seconds, more than ${late}, ${least}, and at most ${MAX_DOWN_AFTER} (7 days), not ${formatValue(downAfter)}`,
        ]),
  ];
};

/** What is wrong with rules of which some were stored earlier, a sentence each. */
export const findStoredThresholdFaults = (rules: Thresholds): string[] =>
  findThresholdFaults(rules, undefined, MIN_STORED_LATE_AFTER);

const isSeconds = (value: unknown): value is number => typeof value === "number" && Number.isInteger(value);

/**
 * A stored rule wins over the stage's. Where a later deployment has left the two at odds, both are the
 * stage's: who deploys looks at them, and no look must fail.
 */
export const effectiveThresholds = (stage: Thresholds, stored: Partial<Thresholds>): Thresholds => {
  const rules = { ...stage, ...stored };
  return findStoredThresholdFaults(rules).length === 0 ? rules : stage;
};
