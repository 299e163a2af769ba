import { isDeepStrictEqual } from "node:util";
import type { BeatStore, History, HistoryRange } from "../domain/beat-store.ts";
import { effectiveThresholds, type Thresholds } from "../domain/thresholds.ts";
import { historyPage, pageRange } from "../history/page.ts";
import { toHistoryQuery } from "../history/query.ts";
import { pulse, snapshotRange } from "../pulse/pulse.ts";
import { problemReply, type RenderContext, type RenderError } from "../reply/problem.ts";
import { jsonReply, type Reply } from "../reply/reply.ts";
import type { Pulse } from "../schemas/status.ts";
import { renderBadge, renderBadgeData, renderBadgeError } from "./badge.ts";
import { renderHealth, renderHealthError } from "./health.ts";
import { renderOpenApi } from "./openapi.ts";
import { renderPage, renderPageError } from "./page/page.ts";
import { renderMetrics } from "./prometheus.ts";

/** What a route renders its reply from. */
export interface RenderRequest extends RenderContext {
  store: Pick<BeatStore, "read">;
  /** The thresholds of the stage; stored ones take precedence. */
  stage: Thresholds;
  /** Milliseconds since the epoch. */
  now: number;
  /** The query string, without the question mark. */
  query: string;
}

interface Route {
  render(request: RenderRequest): Promise<Reply>;
  renderError: RenderError;
}

/**
 * Reads the range that the thresholds in effect require. They are known only after reading, so this reads by the stage's
 * thresholds first, and again in the rare case that the stored ones require another range.
 */
const readRange = async (
  { store, stage }: RenderRequest,
  rangeFor: (thresholds: Thresholds) => HistoryRange,
): Promise<{ history: History; thresholds: Thresholds }> => {
  const range = rangeFor(stage);
  const history = await store.read(range);
  const thresholds = effectiveThresholds(stage, history.thresholds);
  const needed = rangeFor(thresholds);
  return { history: isDeepStrictEqual(range, needed) ? history : await store.read(needed), thresholds };
};

/** Renders the snapshot. All formats are made from it, so they agree. */
const fromSnapshot =
  (render: (pulse: Pulse, context: RenderContext) => Reply): Route["render"] =>
  async (request) => {
    const { now } = request;
    const { history, thresholds } = await readRange(request, (thresholds) => snapshotRange(now, thresholds));
    return render(pulse(history, now, thresholds), request);
  };

const renderHistory: Route["render"] = async (request) => {
  const { now } = request;
  const query = toHistoryQuery(request.query, now);
  const { history, thresholds } = await readRange(request, (thresholds) => pageRange(query, now, thresholds));
  return jsonReply(200, historyPage(history, query, now, thresholds));
};

const STATUS: Route = { render: fromSnapshot((pulse) => jsonReply(200, pulse)), renderError: problemReply };

const ROUTES = new Map<string, Route>([
  ["/", { render: fromSnapshot(renderPage), renderError: renderPageError }],
  ["/health", { render: fromSnapshot(renderHealth), renderError: renderHealthError }],
  ["/metrics", { render: fromSnapshot(renderMetrics), renderError: problemReply }],
  ["/badge.svg", { render: fromSnapshot(renderBadge), renderError: renderBadgeError }],
  ["/badge.json", { render: fromSnapshot(renderBadgeData), renderError: problemReply }],
  ["/beats/history", { render: renderHistory, renderError: problemReply }],
  ["/openapi.json", { render: async ({ names }) => renderOpenApi(names), renderError: problemReply }],
]);

/** Returns the route of a route key such as `GET /health`. Without one, as from `sls invoke`, it is /status. */
export const routeFor = (routeKey = ""): Route => ROUTES.get(routeKey.split(" ")[1] ?? "") ?? STATUS;
