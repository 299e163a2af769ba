import { createHash } from "node:crypto";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { StoreRefusedError, StoreUnavailableError } from "../domain/beat-store.ts";

export type Reply = APIGatewayProxyStructuredResultV2;

/** 200, `{"payload":…}`, not to be cached. */
export const payloadReply = (value: string | number): Reply => jsonReply(200, { payload: value });

/** JSON, or a kind of it, not to be cached. */
export const jsonReply = (status: number, body: object, type = "application/json"): Reply => ({
  statusCode: status,
  headers: { "content-type": type, "cache-control": "no-store" },
  body: JSON.stringify(body),
});

/** 200, to be kept for so many seconds, and then to be asked for again by its etag. */
export const cacheFor = (body: string, type: string, seconds: number): Reply => ({
  statusCode: 200,
  headers: { "content-type": type, "cache-control": `max-age=${seconds}, must-revalidate` },
  body,
});

/** A request's headers, their names in small letters, as the gateway hands them over. */
export type RequestHeaders = Record<string, string | undefined>;

/** Adds the etag of its body to a reply that may be kept; 304 without a body for who has that body already. */
export const withEtag = (reply: Reply, { "if-none-match": known }: RequestHeaders = {}): Reply => {
  const { statusCode, headers = {}, body = "" } = reply;
  if (statusCode !== 200 || headers["cache-control"] === "no-store") return reply;
  const etag = `"${createHash("sha256").update(body).digest("base64url")}"`;
  const tagged = { ...headers, etag };
  // A 304 needs no content-type (RFC 9110, 15.4.5), but API Gateway adds text/plain to a reply that has none.
  return isKnown(etag, known) ? { statusCode: 304, headers: tagged } : { ...reply, headers: tagged };
};

/** By weak comparison: whoever compresses a reply on its way makes its etag weak. */
const isKnown = (etag: string, known = ""): boolean =>
  known.split(",").some((tag) => tag.trim() === "*" || tag.trim().replace(/^W\//, "") === etag);

/** What was asked can't be answered; the message, which is public, names what is wrong with it. */
export class BadRequestError extends Error {
  override name = "BadRequestError";
}

/** RFC 9457. `detail` is public: no table's name, no cause. */
export interface Problem {
  type: "about:blank";
  title: string;
  status: number;
  detail: string;
}

/** Makes the reply for an error. `path`: the requested path, as the gateway passes it. */
export type RenderError = (error: unknown, path: string) => Reply;

/** The reply for an error: 400 for a wrong request, 503 while the database is unavailable, else 500. */
export const problemReply = (error: unknown): Reply => {
  const problem = toProblem(error);
  return withRetryAfter(jsonReply(problem.status, problem, "application/problem+json"));
};

/** Seconds: by then a throttled database has usually recovered. */
const RETRY_AFTER = "10";

/** Adds to the reply for an error when to try again, if that can help. */
export const withRetryAfter = (reply: Reply): Reply =>
  reply.statusCode === 503 ? { ...reply, headers: { ...reply.headers, "retry-after": RETRY_AFTER } } : reply;

/** What may be told of an error; logs what may not. */
export const toProblem = (error: unknown): Problem => {
  if (error instanceof BadRequestError) return problem(400, "Bad Request", error.message);
  const unavailable = error instanceof StoreUnavailableError;
  const isOfDatabase = unavailable || error instanceof StoreRefusedError;
  // The message of a database's error says what to do; a fault of ours is mended by its stack. An object, which
  // Lambda's JSON log keeps as one, beside the id of the request.
  console.error({ error: error instanceof Error && !isOfDatabase ? error.stack : String(error) });
  return unavailable
    ? problem(503, "Service Unavailable", "The beats can't be read at the moment. Try again soon.")
    : problem(500, "Internal Server Error", "The beats can't be told. The log of this request says why.");
};

const problem = (status: number, title: string, detail: string): Problem => ({
  type: "about:blank",
  title,
  status,
  detail,
});
