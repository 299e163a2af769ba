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
  UNAVAILABLE,
} from "./describe-route.ts";

const HEALTH = "application/health+json";
const SVG = "image/svg+xml";

/** The operations of each route. */
export const PATHS = {
  "/": route({
    name: "Page",
    tag: "state",
    summary: "Status page",
    description: "The snapshot as a page for people, or with `day` the page of that day.",
    responses: {
      ...okOrNotModified(response("The page.", "text/html", Type.String())),
      400: response("The day does not exist.", PROBLEM, ProblemSchema),
      ...errors("text/html", Type.String({ description: "A page that shows the state as unknown." })),
    },
    parameters: [DAY_PARAMETER],
  }),
  "/feed.atom": route({
    name: "Feed",
    tag: "state",
    summary: "Feed of state changes",
    description: "The latest 30 of the last 90 days: down, recovered, paused, resumed.",
    responses: {
      ...okOrNotModified(response("Atom (RFC 4287).", "application/atom+xml", Type.String())),
      ...problems,
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
      503: {
        ...response(`The state is down. Or: ${UNAVAILABLE}`, HEALTH, HealthSchema),
        headers: { "Retry-After": retryAfter(false) },
      },
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
      ...okOrNotModified(response("The state in words and color.", SVG, Type.String())),
      ...errors(SVG, Type.String({ description: 'An image that says "unknown".' })),
    },
  }),
  "/badge.json": route({
    name: "BadgeData",
    tag: "badges",
    summary: "Badge for shields.io",
    description: "The state for a badge that shields.io draws.",
    responses: {
      ...okOrNotModified(response("The same state, words and color.", JSON_TYPE, BadgeSchema)),
      ...problems,
    },
  }),
  "/openapi.json": route({
    name: "Openapi",
    tag: "service",
    summary: "OpenAPI document",
    description: "This document.",
    responses: okOrNotModified(response("OpenAPI 3.1.", JSON_TYPE, Type.Unsafe<object>({ type: "object" }))),
  }),
};
