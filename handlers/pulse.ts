import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { cacheable, type Reply, withRetryAfter } from "../lib/http.ts";
import { openStore } from "../lib/open-store.ts";
import { loadRules, type Rules } from "../lib/rules.ts";
import { type Question, viewOf } from "../lib/views.ts";
import { warmUp } from "../lib/warm-up.ts";

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
