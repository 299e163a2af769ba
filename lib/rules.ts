import { show } from "./show.ts";

/** After how many seconds without a beat the heart is late, and down. */
export interface Rules {
  lateAfter: number;
  downAfter: number;
}

/** A beat may come at any second of its minute: from here on a healthy heart is never late. */
export const LEAST_LATE = 120;
export const MOST_DOWN = 7 * 86_400;

/**
 * The rules that the environment holds in `LATE_AFTER` and `DOWN_AFTER`; left out: 120 and 240 seconds.
 * @throws Error naming the variable
 */
export const loadRules = (env: NodeJS.ProcessEnv = process.env): Rules => {
  const lateAfter = toSeconds(env["LATE_AFTER"] ?? "120");
  const downAfter = toSeconds(env["DOWN_AFTER"] ?? "240");
  const [fault] = faultsOfRules({ lateAfter, downAfter }, ["LATE_AFTER", "DOWN_AFTER"]);
  if (fault !== undefined) throw new Error(fault);
  return { lateAfter: Number(lateAfter), downAfter: Number(downAfter) };
};

const toSeconds = (text: string): number | string => (/^\d{1,9}$/.test(text) ? Number(text) : text);

/** What is wrong with rules, a sentence each; `names` are those that their giver knows them by. */
export const faultsOfRules = (
  { lateAfter, downAfter }: Record<keyof Rules, unknown>,
  [late, down] = ["lateAfter", "downAfter"],
): string[] => {
  const isLate = isSeconds(lateAfter) && lateAfter >= LEAST_LATE && lateAfter < MOST_DOWN;
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

const isSeconds = (value: unknown): value is number => typeof value === "number" && Number.isInteger(value);

/**
 * A stored rule wins over the stage's. Where a later deployment has left the two at odds, both are the
 * stage's: who deploys looks at them, and no look must fail.
 */
export const rulesInForce = (stage: Rules, stored: Partial<Rules>): Rules => {
  const rules = { ...stage, ...stored };
  return faultsOfRules(rules).length === 0 ? rules : stage;
};
