import { isDeepStrictEqual } from "node:util";
import type { BeatStore, History } from "../domain/beat-store.ts";
import { type Rules, rulesInForce } from "../domain/thresholds.ts";
import { historyPage, stretchOf } from "../history/page.ts";
import { toHistoryQuery } from "../history/query.ts";
import { type Pulse, pulse, reachOf } from "../pulse/pulse.ts";
import { badgeDataOf, badgeOf, unknownBadge } from "./badge.ts";
import { healthOf, illHealthOf } from "./health.ts";
import { openapi } from "./openapi.ts";
import { pageOf, unknownPage } from "./page/page.ts";
import { metricsOf } from "./prometheus.ts";
import { type Excuse, json, problemOf, type Reply } from "./reply.ts";

/** What a view is made from. */
export interface Question {
  store: Pick<BeatStore, "history" | "past">;
  /** Where nothing else is stored. */
  stage: Rules;
  /** Ms since the epoch. */
  now: number;
  /** The requested path, with what a custom domain or a stage puts before the route's. */
  path: string;
  /** As it stands behind the question mark. */
  query: string;
}

interface View {
  answer(question: Question): Promise<Reply>;
  /** What is said when `answer` throws. */
  excuse: Excuse;
}

/**
 * What is read, and the rules in force, which only the reading tells. Where these reach for something else
 * than the stage's, as hardly ever, it is read again by them.
 */
const readBy = async <Reach, Told extends Pick<History, "rules">>(
  stage: Rules,
  reachBy: (rules: Rules) => Reach,
  read: (reach: Reach) => Promise<Told>,
): Promise<{ told: Told; rules: Rules }> => {
  const reach = reachBy(stage);
  const told = await read(reach);
  const rules = rulesInForce(stage, told.rules);
  const again = reachBy(rules);
  return { told: isDeepStrictEqual(reach, again) ? told : await read(again), rules };
};

/** Views of the snapshot, so that they never disagree. */
const ofPulse =
  (show: (pulse: Pulse, path: string) => Reply): View["answer"] =>
  async ({ store, stage, now, path }) => {
    const { told, rules } = await readBy(
      stage,
      (rules) => reachOf(now, rules),
      (reach) => store.history(reach),
    );
    return show(pulse(told, now, rules), path);
  };

/** A page of the past is not made of the snapshot, but by the same rules. */
const ofPast: View["answer"] = async ({ store, stage, now, query }) => {
  const asked = toHistoryQuery(query, now);
  const { told, rules } = await readBy(
    stage,
    (rules) => stretchOf(asked, now, rules),
    (stretch) => store.past(stretch),
  );
  return json(200, historyPage(told, asked, now, rules));
};

const STATUS: View = { answer: ofPulse((pulse) => json(200, pulse)), excuse: problemOf };

const VIEWS = new Map<string, View>([
  ["/", { answer: ofPulse(pageOf), excuse: unknownPage }],
  ["/health", { answer: ofPulse(healthOf), excuse: illHealthOf }],
  ["/metrics", { answer: ofPulse(metricsOf), excuse: problemOf }],
  ["/badge.svg", { answer: ofPulse(badgeOf), excuse: unknownBadge }],
  ["/badge.json", { answer: ofPulse(badgeDataOf), excuse: problemOf }],
  ["/beats/history", { answer: ofPast, excuse: problemOf }],
  ["/openapi.json", { answer: async () => openapi, excuse: problemOf }],
]);

/** By route key, such as `GET /health`; without one, as of `sls invoke`, the whole snapshot. */
export const viewOf = (routeKey = ""): View => VIEWS.get(routeKey.split(" ")[1] ?? "") ?? STATUS;
