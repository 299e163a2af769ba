import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { describe, expect, test } from "vitest";
import { keepAttempts, mayHaveRun, toStoreError } from "../../../lib/dynamodb/table/faults.ts";

const NEEDS = { table: "unit-beats", actions: ["dynamodb:PutItem", "dynamodb:UpdateItem"] };

const networkError = (fields: object) => Object.assign(new Error("scripted"), fields);
const serviceError = (name: string, httpStatusCode = 400) =>
  networkError({ name, $metadata: { httpStatusCode } });
const cancelled = (...codes: string[]) =>
  new TransactionCanceledException({
    $metadata: { httpStatusCode: 400 },
    message: "scripted",
    CancellationReasons: codes.map((Code) => ({ Code })),
  });
const allRefused = (syscall: string) =>
  Object.assign(new AggregateError([networkError({ syscall }), networkError({ syscall })], ""), {
    code: "ECONNREFUSED",
  });
/** The error of a request whose attempts ended so. */
const withAttempts = (error: Error, attempts: unknown[]) => {
  keepAttempts(error, attempts);
  return error;
};

const UNSENT = [
  ["a refused connection", networkError({ code: "ECONNREFUSED", syscall: "connect" })],
  ["refused connections to both addresses of a name", allRefused("connect")],
  ["an unreachable network", networkError({ code: "ENETUNREACH", syscall: "connect" })],
  ["an unknown host", networkError({ code: "ENOTFOUND", syscall: "getaddrinfo" })],
] as const;

const THROTTLED = [
  ["ThrottlingException", serviceError("ThrottlingException")],
  ["ProvisionedThroughputExceededException", serviceError("ProvisionedThroughputExceededException")],
  ["RequestLimitExceeded", serviceError("RequestLimitExceeded")],
  ["status 429", serviceError("SlowDown", 429)],
  ["a transaction conflict", cancelled("None", "TransactionConflict")],
  ["a throttled transaction", cancelled("ThrottlingError", "None")],
  ["a transaction without throughput", cancelled("None", "ProvisionedThroughputExceeded")],
] as const;

const UNANSWERED = [
  ["a timeout", networkError({ name: "TimeoutError", code: "ETIMEDOUT" })],
  ["a reset connection", networkError({ name: "TimeoutError", code: "ECONNRESET", syscall: "read" })],
  ["a broken pipe", networkError({ code: "EPIPE", syscall: "write" })],
  ["a lost connection", networkError({ code: "ECONNRESET" })],
  ["the time limit of the request", networkError({ name: "AbortError" })],
  ["InternalServerError", serviceError("InternalServerError", 500)],
  ["status 503", serviceError("ServiceUnavailable", 503)],
  ["an incomplete reply", networkError({ name: "SyntaxError", $metadata: { httpStatusCode: 200 } })],
  ["TransactionInProgressException", serviceError("TransactionInProgressException")],
] as const;

const KEY_ERRORS = [
  "CredentialsProviderError",
  "ExpiredTokenException",
  "IncompleteSignature",
  "InvalidSignatureException",
  "MissingAuthenticationTokenException",
  "UnrecognizedClientException",
];
const ALLOW =
  "Allow the role of this function dynamodb:PutItem and dynamodb:UpdateItem on table unit-beats, and the use of the table's KMS key if it has one.";
const CREATE =
  "Table unit-beats does not exist in this account and region: deploy the stage, or correct BEATS_TABLE or AWS_REGION.";
const SET_KEYS =
  "Set valid credentials: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, for a role, AWS_SESSION_TOKEN.";
const CHECK_KEYS =
  "Check that the keys of table unit-beats are the strings pk and sk, and its attributes have the types that this version writes.";
const SHRINK = "Delete the local secondary indexes of table unit-beats: they limit its size to 10 GB.";
const LOOK_UP =
  "See the DynamoDB documentation of this error; the request needs dynamodb:PutItem and dynamodb:UpdateItem on table unit-beats.";

const REFUSED = [
  ["AccessDeniedException", serviceError("AccessDeniedException"), ALLOW],
  ["ResourceNotFoundException", serviceError("ResourceNotFoundException"), CREATE],
  ...KEY_ERRORS.map((name) => [name, serviceError(name), SET_KEYS] as const),
  [
    "KMSDisabledException",
    serviceError("KMSDisabledException"),
    "Enable the KMS key of table unit-beats, and allow the role of this function to use it.",
  ],
  ["ValidationException", serviceError("ValidationException"), CHECK_KEYS],
  ["a ValidationError of a transaction", cancelled("ValidationError", "None"), CHECK_KEYS],
  ["a ValidationError beside a throttle", cancelled("ValidationError", "ThrottlingError"), CHECK_KEYS],
  ["ItemCollectionSizeLimitExceeded", cancelled("None", "ItemCollectionSizeLimitExceeded"), SHRINK],
  ["a cancellation without reasons", cancelled(), LOOK_UP],
  ["an unknown error", serviceError("NewlyInventedException"), LOOK_UP],
  ["status 413", serviceError("RequestEntityTooLarge", 413), LOOK_UP],
] as const;

describe("toStoreError", () => {
  test.each([...UNSENT, ...THROTTLED, ...UNANSWERED])("returns StoreUnavailableError for %s", (_, error) => {
    expect(toStoreError("the beats could not be read", error, NEEDS)).toMatchObject({
      name: "StoreUnavailableError",
      message: `the beats could not be read: ${error.name}: ${error.message}`,
      cause: error,
    });
  });

  test.each(REFUSED)("returns StoreRefusedError for %s and says what to do", (_, error, remedy) => {
    expect(toStoreError("the beats could not be read", error, NEEDS)).toMatchObject({
      name: "StoreRefusedError",
      message: `the beats could not be read: ${error.name}: scripted. ${remedy}`,
      cause: error,
    });
  });

  test("returns StoreRefusedError for a request that the SDK could not build", () => {
    const error = withAttempts(new Error("Region is missing"), []);

    expect(toStoreError("the beats could not be read", error, NEEDS)).toMatchObject({
      name: "StoreRefusedError",
      message: `the beats could not be read: Error: Region is missing. ${LOOK_UP}`,
    });
  });

  test("does not depend on the text of the message", () => {
    const error = Object.assign(serviceError("ThrottlingException"), { message: "AccessDeniedException" });

    expect(toStoreError("x", error, NEEDS).name).toBe("StoreUnavailableError");
  });
});

describe("mayHaveRun", () => {
  test.each([...UNSENT, ...THROTTLED, ...REFUSED.map(([name, error]) => [name, error] as const)])(
    "is false after %s",
    (_, error) => {
      expect(mayHaveRun(error)).toBe(false);
    },
  );

  test.each(UNANSWERED)("is true after %s", (_, error) => {
    expect(mayHaveRun(error)).toBe(true);
  });

  test("is false when each attempt was throttled", () => {
    const throttle = serviceError("ThrottlingException");

    expect(mayHaveRun(withAttempts(serviceError("ThrottlingException"), [throttle, throttle]))).toBe(false);
  });

  test.each([
    ["throttled", serviceError("ThrottlingException")],
    ["denied", serviceError("AccessDeniedException")],
    ["not connected", UNSENT[0][1]],
  ])("is true when an earlier attempt got no reply, though the last was %s", (_, last) => {
    expect(mayHaveRun(withAttempts(Object.assign(new Error("last"), last), [UNANSWERED[0][1], last]))).toBe(
      true,
    );
  });

  test("is true when an attempt succeeded and the error came after it", () => {
    expect(mayHaveRun(withAttempts(new Error("later"), [undefined]))).toBe(true);
  });

  test("is false when the time limit of the request passed between two throttled attempts", () => {
    const abort = networkError({ name: "AbortError" });

    expect(mayHaveRun(withAttempts(abort, [serviceError("ThrottlingException")]))).toBe(false);
  });
});
