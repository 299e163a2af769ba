import { BadRequestError, StoreRefusedError, StoreUnavailableError } from "../domain/errors.ts";
import type { Problem } from "../schemas/replies.ts";
import type { Names } from "../service/names.ts";
import { jsonReply, type Reply } from "./reply.ts";

/** What a page or an image contains besides the state. */
export interface RenderContext {
  /** The requested path, as API Gateway passes it. It includes the path of a custom domain's mapping. */
  path: string;
  names: Names;
}

/** Makes the reply for an error. */
export type RenderError = (error: unknown, context: RenderContext) => Reply;

/** Seconds. A throttled table has usually recovered by then. */
const RETRY_AFTER = "10";

/**
 * The reply for an error: 400 for an invalid request, 503 with Retry-After while DynamoDB is unavailable, else 500.
 * `render` creates the body from the public part of the error.
 */
export const errorReply = (error: unknown, type: string, render: (problem: Problem) => string): Reply => {
  const problem = toProblem(error);
  const headers = { "content-type": type, "cache-control": "no-store" };
  return {
    statusCode: problem.status,
    headers: problem.status === 503 ? { ...headers, "retry-after": RETRY_AFTER } : headers,
    body: render(problem),
  };
};

const PROBLEM_TYPE = "application/problem+json";

/** The reply for an error as problem details (RFC 9457). */
export const problemReply = (error: unknown): Reply =>
  errorReply(error, PROBLEM_TYPE, (problem) => JSON.stringify(problem));

/** The reply for a route that serverless.yml gives to a function without a renderer for it. */
export const notFoundReply = (): Reply =>
  jsonReply(404, problem(404, "Not Found", "The function has no such route."), PROBLEM_TYPE);

/** The public part of an error. Logs the cause of a 500 or 503. */
const toProblem = (error: unknown): Problem => {
  if (error instanceof BadRequestError) return problem(400, "Bad Request", error.message);
  const isUnavailable = error instanceof StoreUnavailableError;
  const isStoreError = isUnavailable || error instanceof StoreRefusedError;
  // The message of a store error says what to do; a bug needs the stack. The log entry is an object, so that CloudWatch
  // Logs Insights finds its fields.
  console.error({ error: error instanceof Error && !isStoreError ? error.stack : String(error) });
  return isUnavailable
    ? problem(503, "Service Unavailable", "The database is unavailable. Try again later.")
    : problem(500, "Internal Server Error", "Internal error. See the log of the function.");
};

const problem = (status: Problem["status"], title: string, detail: string): Problem => ({
  type: "about:blank",
  title,
  status,
  detail,
});
