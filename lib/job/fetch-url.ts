import { createHash } from "node:crypto";
import type { Job } from "../beat/run-job.ts";
import { type JobRows, openJobRows } from "../dynamodb/open.ts";

/**
 * Creates an example of a job: it requests a URL and stores the status, the duration, and the size and hash of the body in
 * one row for each minute (docs/your-job.md). A retry replaces the row. Any status but 2xx is stored too, and makes the
 * job fail.
 * @throws Error if the URL is invalid or contains a user name or password
 */
export const fetchUrl = (url: string, rows: JobRows = openJobRows("fetch")): Job => {
  const { host, username, password } = new URL(url);
  if (username || password) throw new Error(`the URL of ${host} must not contain a user name or password`);

  return async function fetchUrl({ minute, signal }) {
    const start = performance.now();
    // Lambda freezes the process between two beats, so an open connection would be dead by the next one.
    const response = await fetch(url, { signal, headers: { connection: "close" } });
    const body = await measure(response);
    const ms = Math.round(performance.now() - start);
    const { status } = response;
    await rows.put(minute, { status, ms, ...body, time: new Date().toISOString() });
    if (!response.ok) throw new Error(`${host} returned ${status}`);
  };
};

/** Reads the body piece by piece, because it can be larger than the memory of the function. */
const measure = async ({ body }: Response): Promise<{ bytes: number; sha256: string }> => {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of body ?? []) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest("hex") };
};
