import { defaultThresholds, parseInterval } from "../../lib/domain/interval.ts";
import { orExit } from "../user-error.ts";
import { checkEnabled, checkInterval } from "./check.ts";

/** EventBridge's expression for runs every `every` minutes, counted from the full hour (UTC). */
const expressionOf = (every: number): string => {
  if (every === 1) return "cron(* * * * ? *)";
  // 60 is no valid step of the minutes.
  return every === 60 ? "cron(0 * * * ? *)" : `cron(0/${every} * * * ? *)`;
};

/**
 * The values in serverless.yml and cloud/ that depend on the interval. Durations are in seconds. The alarm evaluates four
 * runs, and as many newer periods as contain the last 2 minutes, whose metrics can still arrive.
 */
export const intervalValues = (every: number) => ({
  expression: expressionOf(every),
  ...defaultThresholds(every),
  period: every * 60,
  evaluationPeriods: 4 + Math.ceil(2 / every),
});

interface Resolver {
  options: { param?: string[] };
  resolveVariable(name: string): Promise<unknown>;
}

/**
 * Resolves `${file(./tools/schedule/interval.cjs)}` in serverless.yml from the parameter `every`. For an invalid value it
 * returns the values of the default, because the plugins reject that value in one line before they are used. It rejects
 * itself what the framework would report in several lines before it loads the plugins: an empty value of `every`, and an
 * invalid one of `schedule`.
 */
export default async ({ options, resolveVariable }: Resolver) => {
  // With an empty value in the command, the framework resolves no parameter.
  if (options.param?.includes("schedule=")) orExit(() => checkEnabled(""));
  if (options.param?.includes("every=")) orExit(() => checkInterval(""));
  const schedule = await resolveVariable("param:schedule, 'true'");
  orExit(() => checkEnabled(schedule));
  const given = await resolveVariable("param:every, ''");
  if (given === "") orExit(() => checkInterval(given));
  return intervalValues(parseInterval(String(given)) ?? 1);
};
