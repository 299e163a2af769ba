import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { keepAttempts, transientCancellation } from "./faults.ts";

/** The SDK opens no more sockets at once. */
const SOCKETS = 50;

/**
 * Ms for each request, all its tries and waits together: every function's timeout leaves time for an answer of
 * our own. What a try may take is less than all of it, so that there are others.
 */
export const REQUEST_LIMIT_MS = 9_000;

export const requestOptions = () => ({ abortSignal: AbortSignal.timeout(REQUEST_LIMIT_MS) });

/** Tries a request up to 4 times, 2 s each, with the SDK's jittered waits between them. */
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
  /** What the attempts of a request under way ended in; undefined: in a reply. */
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
  // The SDK takes every cancelled transaction for final; this tells its retry which are not. The
  // transaction's token stays the same between the tries, so one whose answer was lost is not repeated.
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
        // The SDK waits longer where it knows of a throttling.
        throw Object.assign(Object(error), { $retryable: { throttling: cancellation.isThrottled } });
      }
    },
    { step: "finalizeRequest", name: "retryTransientCancellations", priority: "low" },
  );
  // The timeouts of a request run from the moment that the SDK gets it, also while it waits for a free socket. So it
  // waits here first. On AWS nothing waits: a function makes 2 requests at once.
  const withSocket = limitConcurrency(SOCKETS);
  client.middlewareStack.add((next) => (args) => withSocket(() => next(args)), {
    step: "finalizeRequest",
    name: "waitForSocket",
    priority: "low",
  });
  return DynamoDBDocumentClient.from(client);
};

/** Runs at most `limit` tasks at once; the others wait, first come, first served. */
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
      // The place is handed over: a task that arrives at this moment must not take it.
      if (next) next();
      else free += 1;
    }
  };
};
