import { INTERVALS, parseInterval } from "../../lib/domain/interval.ts";
import { UserError } from "../user-error.ts";

/** Rejects an interval with which the functions would not start. @throws UserError naming the parameter */
export const checkInterval = (every: string | number): void => {
  if (parseInterval(String(every)) !== undefined) return;
  throw new UserError(
    `invalid param every=${every}: use a number of minutes that divides 60 (${INTERVALS.join(", ")})`,
  );
};

/** Rejects a value that `strToBool` in serverless.yml rejects in several lines. @throws UserError naming the parameter */
export const checkEnabled = (schedule: unknown): void => {
  if (/^(true|false|1|0)$/i.test(String(schedule).trim())) return;
  throw new UserError(`invalid param schedule=${schedule}: use true or false`);
};

type Definition = string | { rate?: string | string[]; schedule?: string; [key: string]: unknown };

/** An event of a function in serverless.yml, as far as it can be a schedule. */
export interface EventDefinition {
  schedule?: Definition;
  eventBridge?: Definition;
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of serverless.yml
const WRITE = "write rate: ${self:custom.interval.expression}";
/** `enabled` and `name` are in serverless.yml. The other keys would change the event, its target or its time zone. */
const KEYS = ["description", "enabled", "name", "rate"];

/**
 * Rejects a schedule of the function heartbeat other than that of the parameter `every`: everything else in the service
 * follows that parameter.
 * @throws UserError that says what to write
 */
export const checkSchedule = (events: readonly EventDefinition[], expression: string): void => {
  const schedules = events.flatMap(({ schedule, eventBridge }) => [
    ...(schedule === undefined ? [] : [schedule]),
    ...(typeof eventBridge === "object" && eventBridge.schedule !== undefined ? [eventBridge] : []),
  ]);
  const written = schedules.flatMap(expressionsIn);
  if (written.length > 1) {
    throw new UserError(
      `heartbeat has ${written.length} schedules in serverless.yml (${written.join(", ")}): ${WRITE} in a single one`,
    );
  }
  const [schedule] = schedules;
  if (schedule === undefined) return;
  const [given = ""] = written;
  if (given !== expression) {
    throw new UserError(
      `invalid schedule ${given} of heartbeat in serverless.yml: ${WRITE}, and set the interval with ${parameterFor(given)}`,
    );
  }
  const extra = Object.keys(schedule).find((key) => typeof schedule === "object" && !KEYS.includes(key));
  if (extra !== undefined) {
    throw new UserError(
      `unsupported key ${extra} in the schedule of heartbeat in serverless.yml: remove it; the schedule runs in UTC and sends EventBridge's own event, whose time is counted`,
    );
  }
};

const expressionsIn = (schedule: Definition): string[] =>
  typeof schedule === "string" ? [schedule] : [schedule.rate ?? schedule.schedule ?? []].flat();

/** Names the parameter that sets the interval of an expression, with its value if there is one. */
const parameterFor = (expression: string): string => {
  const every = INTERVALS.find((minutes) => minutes === minutesOf(expression));
  return every === undefined
    ? `--param="every=<minutes>", a divisor of 60 (${INTERVALS.join(", ")})`
    : `--param="every=${every}" or params.<stage>.every`;
};

/** The interval in minutes of an expression; undefined if it is not a number of minutes or hours. */
const minutesOf = (expression: string): number | undefined => {
  const [, number, unit] = /^rate\((\d+) (minute|hour)s?\)$/.exec(expression) ?? [];
  if (number !== undefined) return Number(number) * (unit === "hour" ? 60 : 1);
  const [, field] = /^cron\((\S+) \* \* [*?] [*?] \*\)$/.exec(expression) ?? [];
  const [, step] = /^(?:0|\*)\/(\d+)$/.exec(field ?? "") ?? [];
  if (step !== undefined) return Number(step);
  return { "*": 1, "0": 60 }[field ?? ""];
};
