import type { APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import { StoreUnavailableError } from "./beat-store.ts";

export type Reply = APIGatewayProxyStructuredResultV2;

/** 200, `{"payload":…}`, not to be cached. */
export const payload = (value: string | number): Reply => ({
  statusCode: 200,
  headers: { "content-type": "application/json", "cache-control": "no-store" },
  body: JSON.stringify({ payload: value }),
});

/** RFC 9457. `detail` is public: no table's name, no cause. */
const problem = (status: number, title: string, detail: string): Reply => ({
  statusCode: status,
  headers: { "content-type": "application/problem+json", "cache-control": "no-store" },
  body: JSON.stringify({ type: "about:blank", title, status, detail }),
});

/** The reply for an error: 503 where the store is at fault, else 500. The log alone gets the cause. */
export const problemOf = (error: unknown, { awsRequestId }: Pick<Context, "awsRequestId">): Reply => {
  const unavailable = error instanceof StoreUnavailableError;
  // A fault of ours is mended by its stack, the database's by its message.
  const cause = error instanceof Error && !unavailable ? error.stack : String(error);
  console.error(JSON.stringify({ requestId: awsRequestId, error: cause }));
  return unavailable
    ? problem(503, "Service Unavailable", "The beats can't be read at the moment. Try again soon.")
    : problem(500, "Internal Server Error", "The beats can't be told. The log of this request says why.");
};
