import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

/** Reasons of a cancelled transaction that a later try may not meet. */
const PASSING_REASONS = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];

/**
 * All attempts of a request, 4 × 2 s and the SDK's jittered waits between them, end within the 10 s
 * of the shortest function's timeout that uses it.
 */
export const createDynamoClient = (env: NodeJS.ProcessEnv = process.env): DynamoDBDocumentClient => {
  const client = new DynamoDBClient({
    ...(env["AWS_REGION"] === undefined ? {} : { region: env["AWS_REGION"] }),
    maxAttempts: 4,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
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

const isPassing = (error: unknown): error is Error => {
  if (!(error instanceof Error) || !("CancellationReasons" in error)) return false;
  const reasons = Array.isArray(error.CancellationReasons) ? error.CancellationReasons : [];
  const codes = reasons.map(({ Code }) => Code);
  return !codes.includes("ConditionalCheckFailed") && codes.some((code) => PASSING_REASONS.includes(code));
};
