import { homedir } from "node:os";
import { join } from "node:path";

/** The path of a download that all checkouts share: DynamoDB Local, the embedded engine of other platforms, Node 24. */
export const cachePath = (...parts: string[]): string =>
  join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "heartbeat", ...parts);
