import { notFoundReply, problemReply } from "../../reply/problem.ts";
import { jsonReply } from "../../reply/reply.ts";
import { renderBadge, renderBadgeData, renderBadgeError } from "../badge.ts";
import { renderHealth, renderHealthError } from "../health.ts";
import { renderOpenApi } from "../openapi.ts";
import { renderMetrics } from "../prometheus.ts";
import { FEED } from "./feed.ts";
import { HISTORY } from "./history.ts";
import { PAGE } from "./page.ts";
import { fromSnapshot, type Route } from "./snapshot.ts";

const STATUS: Route = { render: fromSnapshot((pulse) => jsonReply(200, pulse)), renderError: problemReply };

const ROUTES = new Map<string, Route>([
  ["/", PAGE],
  ["/feed.atom", FEED],
  ["/health", { render: fromSnapshot(renderHealth), renderError: renderHealthError }],
  ["/metrics", { render: fromSnapshot(renderMetrics), renderError: problemReply }],
  ["/badge.svg", { render: fromSnapshot(renderBadge), renderError: renderBadgeError }],
  ["/badge.json", { render: fromSnapshot(renderBadgeData), renderError: problemReply }],
  ["/beats/history", HISTORY],
  ["/openapi.json", { render: async ({ names }) => renderOpenApi(names), renderError: problemReply }],
  ["/status", STATUS],
]);

const NOT_FOUND: Route = { render: async () => notFoundReply(), renderError: problemReply };

/** Returns the route of a route key such as `GET /health`. Without one, as from `sls invoke`, it is /status. */
export const routeFor = (routeKey = "GET /status"): Route =>
  ROUTES.get(routeKey.split(" ")[1] ?? "") ?? NOT_FOUND;
