/** Something that the user can mend: the message says what and how, and is all that is shown of it. */
export class UserError extends Error {
  override name = "StartError";
}

/** What can be told of whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Shows a mendable error as its one line, any other whole, and ends with exit code 1. */
export const exitWithError = (error: unknown): never => {
  console.error(error instanceof UserError ? error.message : error);
  process.exit(1);
};
