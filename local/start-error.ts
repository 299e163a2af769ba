/** Something that the user can mend: the message says what and how, and is all that is shown of it. */
export class StartError extends Error {
  override name = "StartError";
}

/** Shows a mendable error as its one line, any other whole, and ends with exit code 1. */
export const endWith = (error: unknown): never => {
  console.error(error instanceof StartError ? error.message : error);
  process.exit(1);
};
