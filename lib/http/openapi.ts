import { cacheFor, type Reply } from "../reply/reply.ts";
import {
  failing,
  JSON_TYPE,
  PROBLEM,
  parameter,
  period,
  problems,
  reply,
  route,
  SVG,
  TAGS,
  tagged,
  UNAVAILABLE,
} from "./operations.ts";
import { oneOf, SCHEMAS, text, the } from "./schemas.ts";

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
    description: "The state in words and color, as SVG.",
    responses: {
      ...tagged(reply("The state in words and color.", SVG, text)),
      ...failing(SVG, { ...text, description: 'A picture that says "unknown".' }),
    },
  }),
  "/badge.json": route({
    name: "BadgeData",
    tag: "badges",
    summary: "Badge for shields.io",
    description: "The state for a badge that shields.io draws.",
    responses: {
      ...tagged(reply("The same state, words and color.", JSON_TYPE, the("Badge"))),
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
