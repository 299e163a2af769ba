import { MARKS } from "../domain/timeline.ts";
import { STATES } from "../pulse/pulse.ts";

/** A JSON schema. */
export type Schema = Record<string, unknown>;
/** An object. All properties are required except the optional ones. */
export const object = (properties: Record<string, Schema>, optional: string[] = []): Schema => ({
  type: "object",
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  properties,
});
const list = (items: Schema): Schema => ({ type: "array", items });
export const oneOf = (values: readonly string[]): Schema => ({ type: "string", enum: values });
const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: "null" }] });
export const the = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
export const text: Schema = { type: "string" };
const flag: Schema = { type: "boolean" };
export const whole: Schema = { type: "integer", minimum: 0 };

const date: Schema = { type: "string", format: "date", pattern: "^\\d{4}-\\d\\d-\\d\\d$" };
const percent = orNull({ type: "number", minimum: 0, maximum: 100 });

const TALLY = { beaten: whole, missed: whole };
const MINUTE_STATES = [...MARKS, "early", "unborn"];
const SUMS = { beats: whole, expected: whole, missed: whole, covered: whole, early: whole };

export const SCHEMAS: Record<string, Schema> = {
  Minute: {
    type: "string",
    description: "A minute, in UTC.",
    pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\dZ$",
    examples: ["2026-11-23T22:40Z"],
  },
  Moment: {
    type: "string",
    description: "A moment, in UTC.",
    format: "date-time",
    pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$",
    examples: ["2026-11-23T22:42:00Z"],
  },
  State: {
    ...oneOf(STATES),
    description:
      "new: never beat. up. late, down: without a beat for the seconds in rules. paused: beats are not counted on purpose.",
  },
  Ping: object({ payload: { const: "PONG" } }),
  Beats: object({ payload: whole }),
  Status: {
    ...object({
      now: the("Moment"),
      state: the("State"),
      since: orNull(the("Moment")),
      born: orNull(the("Minute")),
      beats: whole,
      expected: whole,
      missed: whole,
      newest: orNull(the("NewestBeat")),
      nextDue: orNull(the("Moment")),
      lateAt: orNull(the("Moment")),
      downAt: orNull(the("Moment")),
      last24h: the("Last24Hours"),
      uptime: the("Uptime"),
      series: the("Series"),
      rules: the("Rules"),
      pause: orNull(the("Pause")),
    }),
    description: "The whole snapshot. Ages and rules are in seconds, lateness in ms, uptime in percent.",
  },
  NewestBeat: object({ minute: the("Minute"), age: whole }),
  Last24Hours: object({
    gaps: list(the("Gap")),
    longestGap: orNull(the("Gap")),
    streak: the("Streak"),
    lateness: orNull(the("Lateness")),
  }),
  Gap: object({ from: the("Minute"), to: the("Minute"), minutes: { type: "integer", minimum: 1 } }),
  Streak: object({ minutes: whole, from: orNull(the("Minute")), atLeast: flag }),
  Lateness: object({ p50: whole, p95: whole, max: whole }),
  Uptime: object({
    "1h": percent,
    "24h": percent,
    "7d": percent,
    "30d": percent,
    "90d": percent,
    all: percent,
  }),
  Series: object({
    minutes: the("MinuteSeries"),
    hours: list(the("HourTally")),
    days: list(the("DayTally")),
  }),
  MinuteSeries: object({ from: the("Minute"), marks: list(orNull(the("Mark"))) }),
  Mark: oneOf(MARKS),
  HourTally: object({ from: the("Minute"), ...TALLY }),
  DayTally: object({ from: date, ...TALLY }),
  Rules: object({ lateAfter: whole, downAfter: whole }),
  Pause: object({ from: the("Minute"), reason: orNull(text) }),
  Health: {
    ...object(
      {
        status: the("HealthStatus"),
        notes: list(text),
        output: text,
        checks: the("HealthChecks"),
      },
      ["notes", "output", "checks"],
    ),
    description: "As draft-inadarei-api-health-check-06 has it.",
  },
  HealthStatus: oneOf(["pass", "warn", "fail"]),
  HealthChecks: object({ "heart:age": list(the("HealthCheck")) }),
  HealthCheck: object({
    componentType: { const: "component" },
    observedValue: whole,
    observedUnit: { const: "s" },
    status: the("HealthStatus"),
    time: the("Moment"),
  }),
  Badge: {
    ...object({
      schemaVersion: { const: 1 },
      label: text,
      message: text,
      color: { type: "string", pattern: "^#[0-9a-f]{6}$" },
      isError: flag,
    }),
    description: "As the endpoint badge of shields.io has it.",
  },
  History: {
    ...object({
      now: the("Moment"),
      step: oneOf(["minute", "hour", "day"]),
      items: list({ anyOf: [the("HistoryMinute"), the("HistoryHour"), the("HistoryDay")] }),
      next: orNull(text),
    }),
    description: "Newest first, none left out; next is the query of the page that follows.",
  },
  HistoryMinute: object({ minute: the("Minute"), state: oneOf(MINUTE_STATES), lateness: orNull(whole) }),
  HistoryHour: object({ hour: the("Minute"), ...SUMS }),
  HistoryDay: object({ day: date, ...SUMS }),
  Throttled: {
    ...object({ message: text }),
    description: "The gateway's own reply.",
  },
  Problem: {
    ...object({
      type: { const: "about:blank" },
      title: text,
      status: { type: "integer", enum: [400, 500, 503] },
      detail: text,
    }),
    description: "As RFC 9457 has it.",
  },
};
