import { isDeepStrictEqual } from "node:util";
import type { BeatStore, History } from "../domain/beat-store.ts";
import { effectiveThresholds, type Thresholds } from "../domain/thresholds.ts";
import { historyPage, pageRange } from "../history/page.ts";
import { toHistoryQuery } from "../history/query.ts";
import { type Pulse, pulse, snapshotRange } from "../pulse/pulse.ts";
import { renderBadge, renderBadgeData, renderBadgeError } from "./badge.ts";
import { renderHealth, renderHealthError } from "./health.ts";
import { openapi } from "./openapi.ts";
import { renderPage, renderPageError } from "./page/page.ts";
import { renderMetrics } from "./prometheus.ts";
import { jsonReply, problemReply, type RenderError, type Reply } from "./reply.ts";

/** What a view is made from. */
export interface RenderRequest {
  store: Pick<BeatStore, "history" | "past">;
  /** Where nothing else is stored. */
  stage: Thresholds;
  /** Ms since the epoch. */
  now: number;
  /** The requested path, with what a custom domain or a stage puts before the route's. */
  path: string;
  /** As it stands behind the question mark. */
  query: string;
}

interface Route {
  render(question: RenderRequest): Promise<Reply>;
  /** What is said when `answer` throws. */
  renderError: RenderError;
}

/**
 * What is read, and the rules in force, which only the reading tells. Where these reach for something else
 * than the stage's, as hardly ever, it is read again by them.
 */
const readBy = async <Reach, Told extends Pick<History, "thresholds">>(
  stage: Thresholds,
  reachBy: (rules: Thresholds) => Reach,
  read: (reach: Reach) => Promise<Told>,
): Promise<{ told: Told; rules: Thresholds }> => {
  const reach = reachBy(stage);
  const told = await read(reach);
  const rules = effectiveThresholds(stage, told.thresholds);
  const again = reachBy(rules);
  return { told: isDeepStrictEqual(reach, again) ? told : await read(again), rules };
};

/** Views of the snapshot, so that they never disagree. */
const ofPulse =
  (show: (pulse: Pulse, path: string) => Reply): Route["render"] =>
  async ({ store, stage, now, path }) => {
    const { told, rules } = await readBy(
      stage,
      (rules) => snapshotRange(now, rules),
      (reach) => store.history(reach),
    );
    return show(pulse(told, now, rules), path);
  };

/** A page of the past is not made of the snapshot, but by the same rules. */
const ofPast: Route["render"] = async ({ store, stage, now, query }) => {
  const asked = toHistoryQuery(query, now);
  const { told, rules } = await readBy(
    stage,
    (rules) => pageRange(asked, now, rules),
    (stretch) => store.past(stretch),
  );
  return jsonReply(200, historyPage(told, asked, now, rules));
};

const STATUS: Route = { render: ofPulse((pulse) => jsonReply(200, pulse)), renderError: problemReply };

const ROUTES = new Map<string, Route>([
  ["/", { render: ofPulse(renderPage), renderError: renderPageError }],
  ["/health", { render: ofPulse(renderHealth), renderError: renderHealthError }],
  ["/metrics", { render: ofPulse(renderMetrics), renderError: problemReply }],
  ["/badge.svg", { render: ofPulse(renderBadge), renderError: renderBadgeError }],
  ["/badge.json", { render: ofPulse(renderBadgeData), renderError: problemReply }],
  ["/beats/history", { render: ofPast, renderError: problemReply }],
  ["/openapi.json", { render: async () => openapi, renderError: problemReply }],
]);

/** By route key, such as `GET /health`; without one, as of `sls invoke`, the whole snapshot. */
export const routeFor = (routeKey = ""): Route => ROUTES.get(routeKey.split(" ")[1] ?? "") ?? STATUS;
