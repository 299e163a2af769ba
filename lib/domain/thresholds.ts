import { show } from "./format-value.ts";

/** After how many seconds without a beat the heart is late, and down. */
export interface Rules {
  lateAfter: number;
  downAfter: number;
}

/**
 * The least `lateAfter` that can be given. A rule runs at any second of its minute, and its event takes seconds to
 * arrive: just before the next beat, the newest one can be a little more than 120 seconds old.
 */
export const LEAST_LATE = 130;
/** The least `lateAfter` that earlier versions stored. A stored value stays in force until it is changed. */
export const LEAST_STORED_LATE = 120;
export const MOST_DOWN = 7 * 86_400;

/**
 * The rules that the environment holds in `LATE_AFTER` and `DOWN_AFTER`; the defaults are 150 and 270 seconds.
 * @throws Error naming the variable
 */
export const loadRules = (env: NodeJS.ProcessEnv = process.env): Rules => {
  const lateAfter = toSeconds(env["LATE_AFTER"] ?? "150");
  const downAfter = toSeconds(env["DOWN_AFTER"] ?? "270");
  const [fault] = faultsOfRules({ lateAfter, downAfter }, ["LATE_AFTER", "DOWN_AFTER"]);
  if (fault !== undefined) throw new Error(fault);
  return { lateAfter: Number(lateAfter), downAfter: Number(downAfter) };
};

const toSeconds = (text: string): number | string => (/^\d{1,9}$/.test(text) ? Number(text) : text);

/** What is wrong with rules, a sentence each; the names are those that their giver knows them by. */
export const faultsOfRules = (
  { lateAfter, downAfter }: Record<keyof Rules, unknown>,
  [late, down] = ["lateAfter", "downAfter"],
  leastLate = LEAST_LATE,
): string[] => {
  const isLate = isSeconds(lateAfter) && lateAfter >= leastLate && lateAfter < MOST_DOWN;
  const least = isLate ? lateAfter : LEAST_LATE;
  const isDown = isSeconds(downAfter) && downAfter > least && downAfter <= MOST_DOWN;
  return [
    ...(isLate
      ? []
      : [
          `${late} must be whole seconds, at least ${LEAST_LATE} and less than ${MOST_DOWN} (7 days), not ${show(lateAfter)}`,
        ]),
    ...(isDown
      ? []
      : [
          `${down} must be whole seconds, more than ${late}, ${least}, and at most ${MOST_DOWN} (7 days), not ${show(downAfter)}`,
        ]),
  ];
};

/** What is wrong with rules of which some were stored earlier, a sentence each. */
export const faultsOfStoredRules = (rules: Rules): string[] =>
  faultsOfRules(rules, undefined, LEAST_STORED_LATE);

const isSeconds = (value: unknown): value is number => typeof value === "number" && Number.isInteger(value);

/**
 * A stored rule wins over the stage's. Where a later deployment has left the two at odds, both are the
 * stage's: who deploys looks at them, and no look must fail.
 */
export const rulesInForce = (stage: Rules, stored: Partial<Rules>): Rules => {
  const rules = { ...stage, ...stored };
  return faultsOfStoredRules(rules).length === 0 ? rules : stage;
};
