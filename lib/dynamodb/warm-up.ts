/** A database that does not answer must not keep a function from starting. */
const PATIENCE_MS = 1_000;

/**
 * Waits for a first read, whatever comes of it: made while the function starts, when Lambda gives it the most CPU, it
 * leaves the connection open and the SDK's code warm for the first invocation. What goes wrong the invocations tell.
 */
export const warmUp = (read: Promise<unknown>): Promise<void> =>
  new Promise((resolve) => {
    const patience = setTimeout(resolve, PATIENCE_MS);
    const done = () => {
      clearTimeout(patience);
      resolve();
    };
    read.then(done, done);
  });
