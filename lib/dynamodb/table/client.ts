import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { keepAttempts, transientCancellation } from "./faults.ts";

/**
 * Requests at once. The SDK's timeouts also run while a request waits for a socket or for a busy process, so more
 * requests at once would time out under a burst. On AWS a function makes at most 12 requests at once, for the past on the
 * status page; two of them wait.
 */
const MAX_CONCURRENT_REQUESTS = 10;

/**
 * Milliseconds for one request with all its attempts. It is shorter than every function's timeout, so that the function
 * can still reply, and longer than one attempt.
 */
export const REQUEST_LIMIT_MS = 9_000;

export const requestOptions = () => ({ abortSignal: AbortSignal.timeout(REQUEST_LIMIT_MS) });

/** Makes up to 4 attempts of at most 2 s each, with jittered delays between them. */
export const createDynamoClient = (): DynamoDBDocumentClient => {
  const client = new DynamoDBClient({
    maxAttempts: 4,
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: 2_000,
      socketTimeout: 2_000,
      throwOnRequestTimeout: true,
    },
  });
  /** The result of each attempt of a current request: an error, or undefined for a reply. */
  const attempts = new WeakMap<object, unknown[]>();
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const ends: unknown[] = [];
      attempts.set(context, ends);
      try {
        return await next(args);
      } catch (error) {
        keepAttempts(error, ends);
        throw error;
      }
    },
    { step: "initialize", name: "keepAttempts", priority: "high" },
  );
  // The SDK does not retry a cancelled transaction. This marks the cancellations that can be retried. All attempts have the
  // same token, so that a transaction whose reply was lost is not executed twice.
  client.middlewareStack.add(
    (next, context) => async (args) => {
      try {
        const reply = await next(args);
        attempts.get(context)?.push(undefined);
        return reply;
      } catch (error) {
        attempts.get(context)?.push(error);
        const cancellation = transientCancellation(error);
        if (cancellation === undefined) throw error;
        // The SDK waits longer after a throttling.
        throw Object.assign(Object(error), { $retryable: { throttling: cancellation.isThrottled } });
      }
    },
    { step: "finalizeRequest", name: "retryTransientCancellations", priority: "low" },
  );
  const withSlot = limitConcurrency(MAX_CONCURRENT_REQUESTS);
  client.middlewareStack.add((next) => (args) => withSlot(() => next(args)), {
    step: "finalizeRequest",
    name: "limitConcurrency",
    priority: "low",
  });
  return DynamoDBDocumentClient.from(client);
};

/** Runs at most `limit` tasks at once; the others wait in order. */
export const limitConcurrency = (limit: number) => {
  const waiting: (() => void)[] = [];
  let free = limit;
  return async <T>(task: () => Promise<T>): Promise<T> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      // The slot goes to the next waiting task, so that a new one cannot take it.
      if (next) next();
      else free += 1;
    }
  };
};
