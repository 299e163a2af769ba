import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { StageRules } from "../../lib/domain/thresholds.ts";
import { routeFor } from "../../lib/http/routes/routes.ts";
import type { RenderRequest } from "../../lib/http/routes/snapshot.ts";
import { withEtag } from "../../lib/reply/etag.ts";
import type { Reply } from "../../lib/reply/reply.ts";
import type { Names } from "../../lib/service/names.ts";

/** All routes that report the state: one function, so that one warm environment serves them all. */
export const createPulseHandler =
  (store: RenderRequest["store"], stage: StageRules, names: Names, clock: () => number = Date.now) =>
  async ({
    routeKey,
    rawPath: path = "/",
    rawQueryString: query = "",
    headers,
  }: Partial<APIGatewayProxyEventV2>): Promise<Reply> => {
    const { render, renderError } = routeFor(routeKey);
    try {
      return withEtag(await render({ store, stage, now: clock(), path, query, headers, names }), headers);
    } catch (error) {
      return renderError(error, { path, names });
    }
  };
