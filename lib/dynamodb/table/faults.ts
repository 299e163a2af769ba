import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { StoreRefusedError, StoreUnavailableError } from "../../domain/errors.ts";

/** Cancellation reasons after which the same transaction can succeed later. */
const THROTTLED_REASONS = ["ThrottlingError", "ProvisionedThroughputExceeded"];
const TRANSIENT_REASONS = ["TransactionConflict", ...THROTTLED_REASONS];

/** Errors with a 4xx status after which the same request can succeed later. */
const TRANSIENT_ERRORS = [
  "LimitExceededException",
  "ProvisionedThroughputExceededException",
  "ReplicatedWriteConflictException",
  "RequestLimitExceeded",
  "RequestTimeout",
  "RequestTimeoutException",
  "Throttling",
  "ThrottlingException",
  "TooManyRequestsException",
  "TransactionInProgressException",
];

/** Errors of the SDK, and of AWS, about credentials. */
export const CREDENTIAL_ERRORS: readonly string[] = [
  "CredentialsProviderError",
  "ExpiredToken",
  "ExpiredTokenException",
  "IncompleteSignature",
  "IncompleteSignatureException",
  "InvalidClientTokenId",
  "InvalidSignatureException",
  "MissingAuthenticationToken",
  "MissingAuthenticationTokenException",
  "RequestExpired",
  "SignatureDoesNotMatch",
  "UnrecognizedClientException",
];

/** Classifies an error; undefined unless it is a cancelled transaction that can succeed later. */
export const transientCancellation = (error: unknown): { isThrottled: boolean } | undefined => {
  const reasons = reasonsOf(error);
  const isTransient = reasons.length > 0 && reasons.every((reason) => TRANSIENT_REASONS.includes(reason));
  return isTransient
    ? { isThrottled: reasons.some((reason) => THROTTLED_REASONS.includes(reason)) }
    : undefined;
};

/** The cancellation reasons of a transaction, without `None`. */
const reasonsOf = (error: unknown): string[] =>
  error instanceof TransactionCanceledException
    ? (error.CancellationReasons ?? []).map(({ Code = "None" }) => Code).filter((reason) => reason !== "None")
    : [];

/** By the error of a request, the error of each attempt; undefined for a reply. */
const attemptsByError = new WeakMap<object, readonly unknown[]>();

/** Remembers the results of all attempts of a failed request, for `mayHaveRun`. */
export const keepAttempts = (error: unknown, attempts: readonly unknown[]): void => {
  if (typeof error === "object" && error !== null) attemptsByError.set(error, attempts);
};

const attemptsOf = (error: unknown): readonly unknown[] =>
  (typeof error === "object" && error !== null ? attemptsByError.get(error) : undefined) ?? [error];

/**
 * Whether DynamoDB may have executed the request that failed with this error. All attempts count: the reply of the first
 * can be lost although the last was throttled.
 */
export const mayHaveRun = (error: unknown): boolean => attemptsOf(error).some(attemptMayHaveRun);

const attemptMayHaveRun = (error: unknown): boolean => {
  // A connection timeout counts as possibly run, because the SDK reports it like a reply timeout.
  if (isUnconnected(error)) return false;
  const status = statusOf(error);
  const isRefused = status !== undefined && status >= 400 && status < 500;
  // An earlier attempt of the same transaction is still running.
  return !isRefused || nameOf(error) === "TransactionInProgressException";
};

/** Whether the connection failed, so that nothing was sent. */
const isUnconnected = (error: unknown): boolean =>
  error instanceof AggregateError
    ? error.errors.every(isUnconnected)
    : error instanceof Error &&
      "syscall" in error &&
      (error.syscall === "connect" || error.syscall === "getaddrinfo");

/** Whether the same request may succeed later without a change of the deployment. */
const isTransient = (error: unknown): boolean => {
  if (nameOf(error) === "AbortError") return true;
  // The SDK could not build the request, for example without a region or credentials.
  if (attemptsOf(error).length === 0) return false;
  if (error instanceof TransactionCanceledException) return transientCancellation(error) !== undefined;
  const status = statusOf(error);
  if (status === undefined || status < 400 || status >= 500 || status === 429) return true;
  return TRANSIENT_ERRORS.includes(nameOf(error));
};

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "");

/** The HTTP status of DynamoDB's reply; undefined without a reply. */
const statusOf = (error: unknown): number | undefined => {
  const metadata = error instanceof Error && "$metadata" in error ? error.$metadata : undefined;
  const status =
    typeof metadata === "object" && metadata !== null && "httpStatusCode" in metadata
      ? metadata.httpStatusCode
      : undefined;
  return typeof status === "number" ? status : undefined;
};

/** What a request needs, for the advice in the error message. */
export interface Needs {
  table: string;
  /** IAM actions on the table, such as `dynamodb:Query`. */
  actions: readonly string[];
}

/** Converts the SDK's error. `what` says what failed, such as `the beats could not be read`. */
export const toStoreError = (what: string, cause: unknown, needs: Needs): Error =>
  isTransient(cause)
    ? new StoreUnavailableError(what, cause)
    : new StoreRefusedError(what, cause, remedyFor(cause, needs));

const remedyFor = (error: unknown, { table, actions }: Needs): string => {
  const name = nameOf(error);
  const reasons = reasonsOf(error);
  if (name === "AccessDeniedException") {
    return `Allow the role of this function ${actions.join(" and ")} on table ${table}, and the use of the table's KMS key if it has one.`;
  }
  if (name.startsWith("KMS")) {
    return `Enable the KMS key of table ${table}, and allow the role of this function to use it.`;
  }
  if (name === "ResourceNotFoundException") {
    return `Table ${table} does not exist in this account and region: deploy the stage, or correct BEATS_TABLE or AWS_REGION.`;
  }
  if (CREDENTIAL_ERRORS.includes(name)) {
    return "Set valid credentials: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, for a role, AWS_SESSION_TOKEN.";
  }
  if (reasons.includes("ItemCollectionSizeLimitExceeded")) {
    return `Delete the local secondary indexes of table ${table}: they limit its size to 10 GB.`;
  }
  if (name === "ValidationException" || reasons.includes("ValidationError")) {
    return `Check that the keys of table ${table} are the strings pk and sk, and its attributes have the types that this version writes.`;
  }
  return `See the DynamoDB documentation of this error; the request needs ${actions.join(" and ")} on table ${table}.`;
};
