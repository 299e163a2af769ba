import { MARKS } from "../domain/timeline.ts";
import { STATES } from "../pulse/pulse.ts";
import { cacheFor, type Reply } from "./reply.ts";

type Schema = Record<string, unknown>;
interface Response {
  description: string;
  headers?: Schema;
  content?: Record<string, { schema: Schema }>;
}
type Responses = Record<string, Response>;

/** Each property is required but those named. */
const object = (properties: Record<string, Schema>, optional: string[] = []): Schema => ({
  type: "object",
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  properties,
});
const list = (items: Schema): Schema => ({ type: "array", items });
const oneOf = (values: readonly string[]): Schema => ({ type: "string", enum: values });
const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: "null" }] });
const the = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const text: Schema = { type: "string" };
const flag: Schema = { type: "boolean" };
const whole: Schema = { type: "integer", minimum: 0 };

const date: Schema = { type: "string", format: "date", pattern: "^\\d{4}-\\d\\d-\\d\\d$" };
const percent = orNull({ type: "number", minimum: 0, maximum: 100 });

const TALLY = { beaten: whole, missed: whole };
const MINUTE_STATES = [...MARKS, "early", "unborn"];
const SUMS = { beats: whole, expected: whole, missed: whole, covered: whole, early: whole };

const SCHEMAS: Record<string, Schema> = {
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

const reply = (description: string, type: string, schema: Schema): Response => ({
  description,
  content: { [type]: { schema } },
});

const JSON_TYPE = "application/json";
const SVG = "image/svg+xml";
const UNAVAILABLE = "The database is out of reach or throttles. Try again after Retry-After.";
const BROKEN =
  "The database denies access or is not set up, a stored row has an unexpected shape, or there is a fault of ours.";
const retryAfter = { "Retry-After": { description: "In seconds.", schema: { type: "integer" } } };

const failing = (type: string, schema: Schema): Responses => ({
  500: reply(BROKEN, type, schema),
  503: { ...reply(UNAVAILABLE, type, schema), headers: retryAfter },
});
const PROBLEM = "application/problem+json";
const problems = failing(PROBLEM, the("Problem"));

/** With a tag by which who has it already is spared its body. */
const tagged = (found: Response): Responses => {
  const headers = { ETag: { description: "For If-None-Match.", schema: text } };
  return {
    200: { ...found, headers },
    304: { description: "Unchanged since the reply whose ETag was sent in If-None-Match.", headers },
  };
};

/** A minute or a day; that it is a real one no pattern can say. */
const period: Schema = { type: "string", pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}Z)?$" };

const parameter = (name: string, description: string, schema: Schema): Schema => ({
  ...{ name, in: "query", description, schema },
});

const TAGS = {
  state: "Whether the heart beats, for people, programs and monitors.",
  badges: "The state as a picture.",
  beats: "The counted beats.",
  service: "The API itself.",
};

const THROTTLED = reply("Too many requests. The gateway sends this reply.", JSON_TYPE, the("Throttled"));

interface Route {
  name: string;
  tag: keyof typeof TAGS;
  summary: string;
  description: string;
  responses: Responses;
  parameters?: Schema[];
}

const route = ({ name, tag, summary, description, responses, parameters = [] }: Route) => {
  const all: Responses = { ...responses, 429: THROTTLED };
  const shared = { tags: [tag], parameters };
  return {
    get: { operationId: `get${name}`, summary, description, ...shared, responses: all },
    head: {
      operationId: `head${name}`,
      summary: `${summary}, without a body`,
      description: `Returns the status and the headers of GET. ${description}`,
      ...shared,
      responses: Object.fromEntries(
        Object.entries(all).map(([status, { content: _, ...response }]) => [status, response]),
      ),
    },
  };
};

const PATHS = {
  "/": route({
    name: "Page",
    tag: "state",
    summary: "Status page",
    description: "The snapshot as a page for people.",
    responses: {
      ...tagged(reply("The page.", "text/html", text)),
      ...failing("text/html", { ...text, description: "A page that says that nothing is known." }),
    },
  }),
  "/ping": route({
    name: "Ping",
    tag: "service",
    summary: "Ping",
    description: "Shows whether the API answers. It does not read the table.",
    responses: { 200: reply("PONG.", JSON_TYPE, the("Ping")) },
  }),
  "/beats": route({
    name: "Beats",
    tag: "beats",
    summary: "Total of beats",
    description: "The number of minutes that have beaten, ever.",
    responses: {
      200: reply("The count; every beat that was acknowledged is in it.", JSON_TYPE, the("Beats")),
      ...problems,
    },
  }),
  "/beats/history": route({
    name: "History",
    tag: "beats",
    summary: "History",
    description: "What became of each minute, hour or day, newest first, a page at a time.",
    responses: {
      200: reply("A page.", JSON_TYPE, the("History")),
      400: reply("A parameter is wrong, unknown or given twice: detail names it.", PROBLEM, the("Problem")),
      ...problems,
    },
    parameters: [
      parameter("step", "Left out: hour.", oneOf(["minute", "hour", "day"])),
      parameter("from", "The oldest minute or day; left out: the birth.", period),
      parameter("to", "The newest minute or day, included; left out: this minute.", period),
      parameter("limit", "Items on a page: at most 1440 minutes, 168 hours, 366 days.", {
        type: "integer",
        minimum: 1,
        maximum: 1_440,
      }),
      parameter("cursor", "What the page before ended with, as its next has it.", period),
    ],
  }),
  "/status": route({
    name: "Status",
    tag: "state",
    summary: "Snapshot",
    description: "The state, since when it lasts, and what was missed.",
    responses: { 200: reply("The whole snapshot.", JSON_TYPE, the("Status")), ...problems },
  }),
  "/health": route({
    name: "Health",
    tag: "state",
    summary: "Health check",
    description: "The state for monitors and load balancers.",
    responses: {
      ...failing("application/health+json", the("Health")),
      200: reply("new and late warn; up and paused pass.", "application/health+json", the("Health")),
      503: reply(`down, or: ${UNAVAILABLE}`, "application/health+json", the("Health")),
    },
  }),
  "/metrics": route({
    name: "Metrics",
    tag: "state",
    summary: "Metrics",
    description: "The snapshot for Prometheus.",
    responses: { 200: reply("Prometheus's text format 0.0.4.", "text/plain", text), ...problems },
  }),
  "/badge.svg": route({
    name: "Badge",
    tag: "badges",
    summary: "Badge",
    description: "The state in words and colour, as SVG.",
    responses: {
      ...tagged(reply("The state in words and colour.", SVG, text)),
      ...failing(SVG, { ...text, description: 'A picture that says "unknown".' }),
    },
  }),
  "/badge.json": route({
    name: "BadgeData",
    tag: "badges",
    summary: "Badge for shields.io",
    description: "The state for a badge that shields.io draws.",
    responses: {
      ...tagged(reply("The same state, words and colour.", JSON_TYPE, the("Badge"))),
      ...problems,
    },
  }),
  "/openapi.json": route({
    name: "Openapi",
    tag: "service",
    summary: "OpenAPI document",
    description: "This document.",
    responses: tagged(reply("OpenAPI 3.1.", JSON_TYPE, { type: "object" })),
  }),
};

/** All routes of the API, by OpenAPI 3.1. Each reply and serverless.yml's routes are held against it by tests. */
const DOCUMENT = {
  openapi: "3.1.0",
  info: {
    title: "heartbeat",
    version: "0.1.0",
    summary: "Every minute adds exactly one beat; whether it did can be asked here.",
    description:
      "Pages of any origin may read it. The gateway answers any other path or method with its own 404.",
    contact: { name: "The operator of this service" },
    license: { name: "MIT", identifier: "MIT" },
  },
  // Relative to this document, wherever a domain maps the API.
  servers: [{ url: "." }],
  security: [],
  tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
  paths: PATHS,
  components: { schemas: SCHEMAS },
};

export const openapi: Reply = cacheFor(JSON.stringify(DOCUMENT), JSON_TYPE, 300);
