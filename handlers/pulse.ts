import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import { badgeDataOf, badgeOf, unknownBadge } from "../lib/badge.ts";
import type { BeatStore } from "../lib/beat-store.ts";
import { healthOf, illHealthOf } from "../lib/health.ts";
import { cacheable, json, problemOf, type Reply } from "../lib/http.ts";
import { metricsOf } from "../lib/metrics.ts";
import { openStore } from "../lib/open-store.ts";
import { openapi } from "../lib/openapi.ts";
import { pageOf, unknownPage } from "../lib/page/page.ts";
import { type Pulse, pulse, reachOf } from "../lib/pulse.ts";
import { loadRules, type Rules } from "../lib/rules.ts";

const STATUS = { show: (pulse: Pulse): Reply => json(200, pulse), excuse: problemOf };
const VIEWS = new Map([
  ["/", { show: pageOf, excuse: unknownPage }],
  ["/health", { show: healthOf, excuse: illHealthOf }],
  ["/metrics", { show: metricsOf, excuse: problemOf }],
  ["/badge.svg", { show: badgeOf, excuse: unknownBadge }],
  ["/badge.json", { show: badgeDataOf, excuse: problemOf }],
]);

/** Told without a look at what is stored. */
const DOCUMENTS = new Map([["/openapi.json", openapi]]);

/** One function for all that is shown of a snapshot; invoked without a route it tells the whole of it. */
export const createPulseHandler =
  (store: Pick<BeatStore, "history">, rules: Rules, clock: () => number = Date.now) =>
  async (
    { routeKey, headers }: Partial<Pick<APIGatewayProxyEventV2, "routeKey" | "headers">>,
    context: Pick<Context, "awsRequestId">,
  ): Promise<Reply> => {
    const path = routeKey?.split(" ")[1] ?? "";
    const document = DOCUMENTS.get(path);
    if (document !== undefined) return cacheable(document, headers);
    const { show, excuse } = VIEWS.get(path) ?? STATUS;
    try {
      const now = clock();
      return cacheable(show(pulse(await store.history(reachOf(now, rules)), now, rules)), headers);
    } catch (error) {
      return excuse(error, context);
    }
  };

export const handler = createPulseHandler(openStore(), loadRules());
