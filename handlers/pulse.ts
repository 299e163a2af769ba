import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { loadThresholds, type Thresholds } from "../lib/domain/thresholds.ts";
import { openStore } from "../lib/dynamodb/open.ts";
import { warmUp } from "../lib/dynamodb/warm-up.ts";
import { type Reply, withEtag, withRetryAfter } from "../lib/http/reply.ts";
import { type RenderRequest, routeFor } from "../lib/http/routes.ts";

/** One function for all that is shown of the heart. */
export const createPulseHandler =
  (store: RenderRequest["store"], stage: Thresholds, clock: () => number = Date.now) =>
  async ({
    routeKey,
    rawPath: path = "/",
    rawQueryString: query = "",
    headers,
  }: Partial<APIGatewayProxyEventV2>): Promise<Reply> => {
    const { render: answer, renderError: excuse } = routeFor(routeKey);
    try {
      return withEtag(await answer({ store, stage, now: clock(), path, query }), headers);
    } catch (error) {
      return withRetryAfter(excuse(error, path));
    }
  };

const store = openStore();
const stage = loadThresholds();
await warmUp(store.past({}));
export const handler = createPulseHandler(store, stage);
