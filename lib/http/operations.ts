import * as Type from "typebox";
import { DAY_PARAMETER, PARAMETERS } from "../history/parameters.ts";
import { HistorySchema } from "../schemas/history.ts";
import { BadgeSchema, BeatsSchema, HealthSchema, PingSchema, ProblemSchema } from "../schemas/replies.ts";
import { StatusSchema } from "../schemas/status.ts";
import {
  errors,
  JSON_TYPE,
  okOrNotModified,
  PROBLEM,
  problems,
  response,
  retryAfter,
  route,
} from "./describe-route.ts";

const HEALTH = "application/health+json";
const DOWN_OR_UNAVAILABLE =
  "The state is down; or, with Retry-After, the database is unreachable or throttles.";
const SVG = "image/svg+xml";

/** The operations of each route. */
export const PATHS = {
  "/": route({
    name: "Page",
    tag: "state",
    summary: "Status page",
    description: "Returns the snapshot as a page for people or, with `day`, the page of that day.",
    responses: {
      ...okOrNotModified(response("The reply is the page.", "text/html", Type.String())),
      400: response("The day does not exist.", PROBLEM, ProblemSchema),
      ...errors("text/html", Type.String({ description: "The page shows the state as unknown." })),
    },
    parameters: [DAY_PARAMETER],
  }),
  "/feed.atom": route({
    name: "Feed",
    tag: "state",
    summary: "Feed of state changes",
    description: "Returns the latest 30 state changes of the last 90 days as an Atom feed (RFC 4287).",
    responses: {
      ...okOrNotModified(response("The reply is the feed.", "application/atom+xml", Type.String())),
      ...problems,
    },
  }),
  "/ping": route({
    name: "Ping",
    tag: "service",
    summary: "Ping",
    description: "Shows whether the API answers. It does not read the table.",
    responses: { 200: response("The API answers.", JSON_TYPE, PingSchema) },
  }),
  "/beats": route({
    name: "Beats",
    tag: "beats",
    summary: "Total of beats",
    description: "Returns the number of all minutes ever counted.",
    responses: {
      200: response("The count includes every acknowledged beat.", JSON_TYPE, BeatsSchema),
      ...problems,
    },
  }),
  "/beats/history": route({
    name: "History",
    tag: "beats",
    summary: "History",
    description: "Returns each minute, hour or day, newest first, in pages.",
    responses: {
      200: response("The reply is one page.", JSON_TYPE, HistorySchema),
      400: response("A parameter is invalid, unknown or repeated; detail names it.", PROBLEM, ProblemSchema),
      ...problems,
    },
    parameters: PARAMETERS,
  }),
  "/status": route({
    name: "Status",
    tag: "state",
    summary: "Snapshot",
    description: "Returns the state, when it began, the missed minutes and statistics.",
    responses: { 200: response("The reply is the whole snapshot.", JSON_TYPE, StatusSchema), ...problems },
  }),
  "/health": route({
    name: "Health",
    tag: "state",
    summary: "Health check",
    description: "Returns the state for monitors and load balancers.",
    responses: {
      ...errors(HEALTH, HealthSchema),
      200: response("The status is warn if the state is new or late, else pass.", HEALTH, HealthSchema),
      503: {
        ...response(DOWN_OR_UNAVAILABLE, HEALTH, HealthSchema),
        headers: { "Retry-After": retryAfter(false) },
      },
    },
  }),
  "/metrics": route({
    name: "Metrics",
    tag: "state",
    summary: "Metrics",
    description: "Returns the snapshot for Prometheus.",
    responses: {
      200: response("The reply has Prometheus's text format 0.0.4.", "text/plain", Type.String()),
      ...problems,
    },
  }),
  "/badge.svg": route({
    name: "Badge",
    tag: "badges",
    summary: "Badge",
    description: "Returns an SVG image of the state in words and color.",
    responses: {
      ...okOrNotModified(response("The image shows the state.", SVG, Type.String())),
      ...errors(SVG, Type.String({ description: 'The image says "unknown".' })),
    },
  }),
  "/badge.json": route({
    name: "BadgeData",
    tag: "badges",
    summary: "Badge for shields.io",
    description: "Returns the data of a badge that shields.io draws.",
    responses: {
      ...okOrNotModified(
        response("The data has the words and the color of `/badge.svg`.", JSON_TYPE, BadgeSchema),
      ),
      ...problems,
    },
  }),
  "/openapi.json": route({
    name: "Openapi",
    tag: "service",
    summary: "OpenAPI document",
    description: "Returns this document.",
    responses: okOrNotModified(
      response("The reply is an OpenAPI 3.1 document.", JSON_TYPE, Type.Unsafe<object>({ type: "object" })),
    ),
  }),
};
