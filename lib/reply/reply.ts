import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";

export type Reply = APIGatewayProxyStructuredResultV2;

/** 200 with `{"payload":…}`; not cached. */
export const payloadReply = (value: string | number): Reply => jsonReply(200, { payload: value });

/** A JSON body; not cached. */
export const jsonReply = (status: number, body: object, type = "application/json"): Reply => ({
  statusCode: status,
  headers: { "content-type": type, "cache-control": "no-store" },
  body: JSON.stringify(body),
});

/** 200; may be cached for `seconds` and must then be revalidated. */
export const cacheFor = (body: string, type: string, seconds: number): Reply => ({
  statusCode: 200,
  headers: { "content-type": type, "cache-control": `max-age=${seconds}, must-revalidate` },
  body,
});
