import { homedir } from "node:os";
import { join } from "node:path";

/** What is fetched once for all checkouts: DynamoDB Local, the embedded engine of other platforms, Node 24. */
export const cachePath = (...parts: string[]): string =>
  join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "heartbeat", ...parts);
