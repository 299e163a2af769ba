/**
 * DynamoDB is unreachable, throttles or fails; a later attempt can succeed. The message is for the log only.
 */
export class StoreUnavailableError extends Error {
  override name = "StoreUnavailableError";

  constructor(what: string, cause: unknown) {
    super(`${what}: ${describe(cause)}`, { cause });
  }
}

/**
 * DynamoDB rejects the request and will reject it again: access is denied, the table is missing, or the credentials are
 * invalid. The message is for the log only and says what to change.
 */
export class StoreRefusedError extends Error {
  override name = "StoreRefusedError";

  constructor(what: string, cause: unknown, remedy: string) {
    super(`${what}: ${describe(cause)}${/[.!?]$/.test(describe(cause)) ? "" : "."} ${remedy}`, { cause });
  }
}

const describe = (cause: unknown): string =>
  cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);

/** A stored row has a shape that no version of this service writes. */
export class MalformedRowError extends Error {
  override name = "MalformedRowError";
}

/** The HTTP request is invalid. The message is public and names the parameter. */
export class BadRequestError extends Error {
  override name = "BadRequestError";
}
