import { isDeepStrictEqual } from "node:util";
import type { BeatStore, History, HistoryRange } from "../domain/beat-store.ts";
import { BadRequestError } from "../domain/errors.ts";
import { momentAt, startOf } from "../domain/minute.ts";
import { effectiveThresholds, type StageRules } from "../domain/thresholds.ts";
import { intervalOf } from "../domain/timeline.ts";
import { historyPage, pageRange } from "../history/page.ts";
import { toHistoryQuery } from "../history/query.ts";
import { stateChanges } from "../past/changes.ts";
import { readDay, toDay } from "../past/day.ts";
import { readPast } from "../past/past.ts";
import { pulse, snapshotRange } from "../pulse/pulse.ts";
import type { RequestHeaders } from "../reply/etag.ts";
import { problemReply, type RenderContext, type RenderError } from "../reply/problem.ts";
import { jsonReply, type Reply } from "../reply/reply.ts";
import type { Pulse } from "../schemas/status.ts";
import { renderBadge, renderBadgeData, renderBadgeError } from "./badge.ts";
import { pageUrlOf, renderFeed } from "./feed.ts";
import { renderHealth, renderHealthError } from "./health.ts";
import { renderOpenApi } from "./openapi.ts";
import { renderDay } from "./page/day.ts";
import { renderPage, renderPageError } from "./page/page.ts";
import { renderMetrics } from "./prometheus.ts";

/** What a route renders its reply from. */
export interface RenderRequest extends RenderContext {
  store: Pick<BeatStore, "read" | "past">;
  /** The thresholds and the interval of the stage; stored thresholds take precedence. */
  stage: StageRules;
  /** Milliseconds since the epoch. */
  now: number;
  /** The query string, without the question mark. */
  query: string;
  headers?: RequestHeaders | undefined;
}

interface Route {
  render(request: RenderRequest): Promise<Reply>;
  renderError: RenderError;
}

/**
 * Reads the range that the thresholds and the interval in effect require. They are known only after reading, so this reads
 * by those of the stage first, and again in the rare case that the stored ones require another range.
 */
const readRange = async (
  { store, stage }: RenderRequest,
  rangeFor: (rules: StageRules) => HistoryRange,
): Promise<{ history: History; rules: StageRules }> => {
  const range = rangeFor(stage);
  const history = await store.read(range);
  const rules = effectiveThresholds(stage, history.thresholds);
  const needed = rangeFor({ ...rules, every: intervalOf(history, stage) });
  return { history: isDeepStrictEqual(range, needed) ? history : await store.read(needed), rules };
};

const readSnapshot = (request: RenderRequest) =>
  readRange(request, (rules) => snapshotRange(request.now, rules));

/** Renders the snapshot. All formats are made from it, so they agree. */
const fromSnapshot =
  (render: (pulse: Pulse, context: RenderContext) => Reply): Route["render"] =>
  async (request) => {
    const { history, rules } = await readSnapshot(request);
    return render(pulse(history, request.now, rules), request);
  };

const renderHistory: Route["render"] = async (request) => {
  const { now } = request;
  const queryFor = (every: number) => toHistoryQuery(request.query, now, every);
  const { history, rules } = await readRange(request, (each) => pageRange(queryFor(each.every), now, each));
  return jsonReply(200, historyPage(history, queryFor(intervalOf(history, rules)), now, rules));
};

/** Renders the status page, or the page of the day in the parameter `day`. */
const renderPageOrDay: Route["render"] = async (request) => {
  const { store, stage, now, query } = request;
  const day = toDay(query);
  if (day !== undefined) return renderDay(await readDay(store, day, now, stage), request);
  const { history, rules } = await readSnapshot(request);
  const past = await readPast(store, history, now, rules);
  return renderPage(pulse(history, now, rules), past, request);
};

/** The page shows an unknown state, but an invalid parameter is the reader's mistake. */
const renderPageOrDayError: RenderError = (error, context) =>
  error instanceof BadRequestError ? problemReply(error) : renderPageError(error, context);

const renderStateChanges: Route["render"] = async (request) => {
  const { store, now, path, headers, names } = request;
  const { history, rules } = await readSnapshot(request);
  const past = await readPast(store, history, now, rules);
  return renderFeed(stateChanges(past, now, rules), {
    page: pageUrlOf(path, headers),
    title: `${names.service} ${names.stage}`,
    begin: history.born === undefined ? undefined : momentAt(startOf(history.born)),
  });
};

const STATUS: Route = { render: fromSnapshot((pulse) => jsonReply(200, pulse)), renderError: problemReply };

const ROUTES = new Map<string, Route>([
  ["/", { render: renderPageOrDay, renderError: renderPageOrDayError }],
  ["/feed.atom", { render: renderStateChanges, renderError: problemReply }],
  ["/health", { render: fromSnapshot(renderHealth), renderError: renderHealthError }],
  ["/metrics", { render: fromSnapshot(renderMetrics), renderError: problemReply }],
  ["/badge.svg", { render: fromSnapshot(renderBadge), renderError: renderBadgeError }],
  ["/badge.json", { render: fromSnapshot(renderBadgeData), renderError: problemReply }],
  ["/beats/history", { render: renderHistory, renderError: problemReply }],
  ["/openapi.json", { render: async ({ names }) => renderOpenApi(names), renderError: problemReply }],
]);

/** Returns the route of a route key such as `GET /health`. Without one, as from `sls invoke`, it is /status. */
export const routeFor = (routeKey = ""): Route => ROUTES.get(routeKey.split(" ")[1] ?? "") ?? STATUS;
