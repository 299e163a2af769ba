import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { keepAttempts, transientCancellation } from "./faults.ts";

/** The SDK opens at most 50 sockets. */
const SOCKETS = 50;

/**
 * The most milliseconds for a request, including all attempts and the waits between them. Every function has a longer
 * timeout, so that it can still reply. One attempt takes less, so that there is time for others.
 */
export const REQUEST_LIMIT_MS = 9_000;

export const requestOptions = () => ({ abortSignal: AbortSignal.timeout(REQUEST_LIMIT_MS) });

/** Creates a client that makes up to 4 attempts of 2 s each for a request, with the SDK's jittered waits between them. */
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
  /** For each running request, the error of each attempt; undefined for a reply. */
  const attempts = new WeakMap<object, unknown[]>();
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const results: unknown[] = [];
      attempts.set(context, results);
      try {
        return await next(args);
      } catch (error) {
        keepAttempts(error, results);
        throw error;
      }
    },
    { step: "initialize", name: "keepAttempts", priority: "high" },
  );
  // The SDK does not retry a cancelled transaction; this marks the cancellations that can succeed later as retryable. All
  // attempts have the same client request token, so a transaction whose reply was lost is not executed again.
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
        // The SDK waits longer after throttling.
        throw Object.assign(Object(error), { $retryable: { throttling: cancellation.isThrottled } });
      }
    },
    { step: "finalizeRequest", name: "retryTransientCancellations", priority: "low" },
  );
  // The SDK's timeouts include the wait for a free socket, so a request waits here before the SDK starts them. On AWS no
  // request waits, because a function makes at most a few at once.
  const withSocket = limitConcurrency(SOCKETS);
  client.middlewareStack.add((next) => (args) => withSocket(() => next(args)), {
    step: "finalizeRequest",
    name: "waitForSocket",
    priority: "low",
  });
  return DynamoDBDocumentClient.from(client);
};

/** Runs at most `limit` tasks at once; the others wait in order of arrival. */
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
      // Hands the slot to the next task directly, so that a task that arrives now cannot take it.
      if (next) next();
      else free += 1;
    }
  };
};
