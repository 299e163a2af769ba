import { DynamoDBClient, TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { limitConcurrency } from "./concurrency.ts";

/** Why a transaction can be cancelled though a later try of it may pass. */
const THROTTLED = ["ThrottlingError", "ProvisionedThroughputExceeded"];
const PASSING = ["TransactionConflict", ...THROTTLED];

/** The SDK opens no more sockets at once. */
const SOCKETS = 50;

/**
 * For each request, all its tries and waits together: every function's timeout leaves time for an answer of
 * our own. What a try may take is less than all of it, so that there are others.
 */
export const withinLimit = () => ({ abortSignal: AbortSignal.timeout(9_000) });

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
  // The SDK takes every cancelled transaction for final; this tells its retry which are not. The
  // transaction's token stays the same between the tries, so one whose answer was lost is not repeated.
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        const codes = cancellationCodes(error);
        if (codes.includes("ConditionalCheckFailed") || !codes.some((code) => PASSING.includes(code))) {
          throw error;
        }
        // The SDK waits longer where it knows of a throttling.
        const $retryable = { throttling: codes.some((code) => THROTTLED.includes(code)) };
        throw Object.assign(Object(error), { $retryable });
      }
    },
    { step: "finalizeRequest", name: "retryPassingCancellations", priority: "low" },
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

const cancellationCodes = (error: unknown): string[] =>
  error instanceof TransactionCanceledException
    ? (error.CancellationReasons ?? []).map(({ Code = "" }) => Code)
    : [];
