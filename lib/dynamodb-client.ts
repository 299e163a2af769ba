import { DynamoDBClient, TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

/** Why a transaction can be cancelled though a later try of it may pass. */
const PASSING = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];

/**
 * Tries a request 4 times, 2 s each, with the SDK's jittered waits between them: under 9 s in all, so that
 * every function's timeout leaves time for an answer of our own.
 */
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
        throw isPassing(error) ? Object.assign(error, { $retryable: {} }) : error;
      }
    },
    { step: "finalizeRequest", name: "retryPassingCancellations", priority: "low" },
  );
  return DynamoDBDocumentClient.from(client);
};

const isPassing = (error: unknown): error is TransactionCanceledException => {
  if (!(error instanceof TransactionCanceledException)) return false;
  const codes = error.CancellationReasons?.map(({ Code = "" }) => Code) ?? [];
  return !codes.includes("ConditionalCheckFailed") && codes.some((code) => PASSING.includes(code));
};
