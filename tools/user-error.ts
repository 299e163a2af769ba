/** An error that the user can correct. Only its message is shown, which says what is wrong and what to do. */
export class UserError extends Error {
  override name = "UserError";
}

/** The message of anything that was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Prints the message of a UserError, or any other error with its stack, and exits with code 1. */
export const exitWithError = (error: unknown): never => {
  console.error(error instanceof UserError ? error.message : error);
  process.exit(1);
};

/** Returns what `work` returns. If it throws, prints the error and exits like `exitWithError`. */
export const orExit = <Result>(work: () => Result): Result => {
  try {
    return work();
  } catch (error) {
    return exitWithError(error);
  }
};
