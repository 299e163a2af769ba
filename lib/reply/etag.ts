import { createHash } from "node:crypto";
import type { Reply } from "./reply.ts";

/** The headers of a request, with lowercase names, as API Gateway passes them. */
export type RequestHeaders = Record<string, string | undefined>;

/**
 * Adds the ETag of the body to a reply that may be cached. Returns a 304 without a body if the request's If-None-Match has
 * that ETag.
 */
export const withEtag = (reply: Reply, { "if-none-match": known }: RequestHeaders = {}): Reply => {
  const { statusCode, headers = {}, body = "" } = reply;
  if (statusCode !== 200 || headers["cache-control"] === "no-store") return reply;
  const etag = `"${createHash("sha256").update(body).digest("base64url")}"`;
  const tagged = { ...headers, etag };
  // A 304 needs no content-type (RFC 9110, 15.4.5), but API Gateway adds text/plain to a reply that has none.
  return matches(etag, known) ? { statusCode: 304, headers: tagged } : { ...reply, headers: tagged };
};

/** Compares weakly (RFC 9110, 8.8.3.2): a proxy that compresses a reply makes its ETag weak. */
const matches = (etag: string, known = ""): boolean =>
  known.split(",").some((tag) => tag.trim() === "*" || tag.trim().replace(/^W\//, "") === etag);
