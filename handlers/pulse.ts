import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { loadRules, type Rules } from "../lib/domain/thresholds.ts";
import { openStore } from "../lib/dynamodb/open.ts";
import { warmUp } from "../lib/dynamodb/warm-up.ts";
import { cacheable, type Reply, withRetryAfter } from "../lib/http/reply.ts";
import { type Question, viewOf } from "../lib/http/routes.ts";

/** One function for all that is shown of the heart. */
export const createPulseHandler =
  (store: Question["store"], stage: Rules, clock: () => number = Date.now) =>
  async ({
    routeKey,
    rawPath: path = "/",
    rawQueryString: query = "",
    headers,
  }: Partial<APIGatewayProxyEventV2>): Promise<Reply> => {
    const { answer, excuse } = viewOf(routeKey);
    try {
      return cacheable(await answer({ store, stage, now: clock(), path, query }), headers);
    } catch (error) {
      return withRetryAfter(excuse(error, path));
    }
  };

const store = openStore();
const stage = loadRules();
await warmUp(store.past({}));
export const handler = createPulseHandler(store, stage);
