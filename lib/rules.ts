import { show } from "./show.ts";

/** After how many seconds without a beat the heart is late, and down. */
export interface Rules {
  lateAfter: number;
  downAfter: number;
}

/** A beat may come at any second of its minute: from here on a healthy heart is never late. */
const LEAST_LATE = 120;
const MOST_DOWN = 7 * 86_400;

/**
 * The rules that the environment holds in `LATE_AFTER` and `DOWN_AFTER`; left out: 120 and 240 seconds.
 * @throws Error naming the variable
 */
export const loadRules = (env: NodeJS.ProcessEnv = process.env): Rules => {
  const lateAfter = toSeconds(env["LATE_AFTER"] ?? "120");
  if (lateAfter === undefined || lateAfter < LEAST_LATE) {
    throw new Error(
      `LATE_AFTER must be whole seconds, at least ${LEAST_LATE}, not ${show(env["LATE_AFTER"])}`,
    );
  }
  const downAfter = toSeconds(env["DOWN_AFTER"] ?? "240");
  if (downAfter === undefined || downAfter <= lateAfter || downAfter > MOST_DOWN) {
    throw new Error(
      `DOWN_AFTER must be whole seconds, more than LATE_AFTER, ${lateAfter}, and at most ${MOST_DOWN} (7 days), not ${show(env["DOWN_AFTER"] ?? "240")}`,
    );
  }
  return { lateAfter, downAfter };
};

const toSeconds = (text: string): number | undefined => (/^\d{1,9}$/.test(text) ? Number(text) : undefined);
