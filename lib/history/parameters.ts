import * as Type from "typebox";
import { Step } from "../schemas/history.ts";
import { GRANULARITIES } from "./granularity.ts";

/** A query parameter as OpenAPI 3.1 describes it. */
export interface Parameter {
  name: string;
  in: "query";
  description: string;
  schema: Type.TSchema;
}

const parameter = (name: string, description: string, schema: Type.TSchema): Parameter => ({
  name,
  in: "query",
  description,
  schema,
});

/** A minute or a day. The pattern also matches dates that do not exist. */
const Period = Type.String({ pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}Z)?$" });

const limits = GRANULARITIES.map(
  ({ name, defaultLimit, maxLimit }) => `of ${name}s ${defaultLimit}, at most ${maxLimit}`,
);
const maximum = Math.max(...GRANULARITIES.map(({ maxLimit }) => maxLimit));

/** The parameters of /beats/history, for /openapi.json and docs/http-api.md. */
export const PARAMETERS = [
  parameter("step", "`minute`, `hour` or `day`; default `hour`", Step),
  parameter("from", "the oldest minute, `2026-11-23T22:40Z`, or day, `2026-11-23`; default `born`", Period),
  parameter("to", "the newest minute or day, inclusive; default, and at most, the current minute", Period),
  parameter("limit", `items per page: ${limits.join("; ")}`, Type.Integer({ minimum: 1, maximum })),
  parameter(
    "cursor",
    "the last minute, hour or day of the previous page, as in its `next`; the page continues before it. New beats don't shift pages",
    Period,
  ),
];

/** The parameter of the status page. */
export const DAY_PARAMETER = parameter(
  "day",
  "a UTC day, `2026-11-23`; the reply is the page of that day",
  Type.String({ format: "date", pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" }),
);
