import * as Type from "typebox";
import { PARAMETERS, type Parameter } from "../history/parameters.ts";
import { HistorySchema } from "../schemas/history.ts";
import {
  BadgeSchema,
  BeatsSchema,
  HealthSchema,
  PingSchema,
  ProblemSchema,
  ThrottledSchema,
} from "../schemas/replies.ts";
import { StatusSchema } from "../schemas/status.ts";

interface Response {
  description: string;
  headers?: Record<string, { description: string; schema: Type.TSchema }>;
  content?: Record<string, { schema: Type.TSchema }>;
}
type Responses = Record<string, Response>;

const response = (description: string, type: string, schema: Type.TSchema): Response => ({
  description,
  content: { [type]: { schema } },
});

const JSON_TYPE = "application/json";
const PROBLEM = "application/problem+json";
const HEALTH = "application/health+json";
const SVG = "image/svg+xml";

const UNAVAILABLE = "The database is unreachable or throttles. Try again after the time in Retry-After.";
const INTERNAL_ERROR =
  "The database denies access, the table is missing, a stored row is malformed, or the function has a bug.";
const TOO_MANY_REQUESTS = "Too many requests. API Gateway sends this reply.";

/** The replies to an error that comes from the database or the function. */
const errors = (type: string, schema: Type.TSchema): Responses => ({
  500: response(INTERNAL_ERROR, type, schema),
  503: {
    ...response(UNAVAILABLE, type, schema),
    headers: { "Retry-After": { description: "In seconds.", schema: Type.Integer() } },
  },
});
const problems = errors(PROBLEM, ProblemSchema);

/** The replies of a route whose body has an ETag. */
const withEtag = (ok: Response): Responses => {
  const headers = { ETag: { description: "For If-None-Match.", schema: Type.String() } };
  return {
    200: { ...ok, headers },
    304: { description: "Not modified since the reply whose ETag was sent in If-None-Match.", headers },
  };
};

export const TAGS = {
  state: "The state, for people, programs and monitors.",
  badges: "The state as an image.",
  beats: "The counted beats.",
  service: "The API itself.",
};

interface Operation {
  name: string;
  tag: keyof typeof TAGS;
  summary: string;
  description: string;
  responses: Responses;
  parameters?: Parameter[];
}

/** Describes GET and HEAD of a route. */
const route = ({ name, tag, summary, description, responses, parameters = [] }: Operation) => {
  const all: Responses = { ...responses, 429: response(TOO_MANY_REQUESTS, JSON_TYPE, ThrottledSchema) };
  const withoutBodies = Object.entries(all).map(([status, { content: _, ...rest }]) => [status, rest]);
  return {
    get: { operationId: `get${name}`, summary, description, tags: [tag], parameters, responses: all },
    head: {
      operationId: `head${name}`,
      summary: `${summary}, without a body`,
      description: `Returns the status and the headers of GET. ${description}`,
      tags: [tag],
      parameters,
      responses: Object.fromEntries(withoutBodies),
    },
  };
};

/** The operations of each route. */
export const PATHS = {
  "/": route({
    name: "Page",
    tag: "state",
    summary: "Status page",
    description: "The snapshot as a page for people.",
    responses: {
      ...withEtag(response("The page.", "text/html", Type.String())),
      ...errors("text/html", Type.String({ description: "A page that shows the state as unknown." })),
    },
  }),
  "/ping": route({
    name: "Ping",
    tag: "service",
    summary: "Ping",
    description: "Shows whether the API answers. It does not read the table.",
    responses: { 200: response("PONG.", JSON_TYPE, PingSchema) },
  }),
  "/beats": route({
    name: "Beats",
    tag: "beats",
    summary: "Total of beats",
    description: "The number of all minutes ever counted.",
    responses: {
      200: response("The count. It includes every acknowledged beat.", JSON_TYPE, BeatsSchema),
      ...problems,
    },
  }),
  "/beats/history": route({
    name: "History",
    tag: "beats",
    summary: "History",
    description: "Each minute, hour or day, newest first, in pages.",
    responses: {
      200: response("A page.", JSON_TYPE, HistorySchema),
      400: response("A parameter is invalid, unknown or repeated; detail names it.", PROBLEM, ProblemSchema),
      ...problems,
    },
    parameters: PARAMETERS,
  }),
  "/status": route({
    name: "Status",
    tag: "state",
    summary: "Snapshot",
    description: "The state, when it began, and the missed minutes.",
    responses: { 200: response("The whole snapshot.", JSON_TYPE, StatusSchema), ...problems },
  }),
  "/health": route({
    name: "Health",
    tag: "state",
    summary: "Health check",
    description: "The state for monitors and load balancers.",
    responses: {
      ...errors(HEALTH, HealthSchema),
      200: response("The status is warn if the state is new or late, else pass.", HEALTH, HealthSchema),
      503: response(`The state is down, or: ${UNAVAILABLE}`, HEALTH, HealthSchema),
    },
  }),
  "/metrics": route({
    name: "Metrics",
    tag: "state",
    summary: "Metrics",
    description: "The snapshot for Prometheus.",
    responses: { 200: response("Prometheus's text format 0.0.4.", "text/plain", Type.String()), ...problems },
  }),
  "/badge.svg": route({
    name: "Badge",
    tag: "badges",
    summary: "Badge",
    description: "The state in words and color, as SVG.",
    responses: {
      ...withEtag(response("The state in words and color.", SVG, Type.String())),
      ...errors(SVG, Type.String({ description: 'An image that says "unknown".' })),
    },
  }),
  "/badge.json": route({
    name: "BadgeData",
    tag: "badges",
    summary: "Badge for shields.io",
    description: "The state for a badge that shields.io draws.",
    responses: {
      ...withEtag(response("The same state, words and color.", JSON_TYPE, BadgeSchema)),
      ...problems,
    },
  }),
  "/openapi.json": route({
    name: "Openapi",
    tag: "service",
    summary: "OpenAPI document",
    description: "This document.",
    responses: withEtag(response("OpenAPI 3.1.", JSON_TYPE, Type.Unsafe<object>({ type: "object" }))),
  }),
};
