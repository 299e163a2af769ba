import type { BeatStore } from "../domain/beat-store.ts";
import type { SettingsStore } from "../domain/settings-store.ts";
import { createBeatStore } from "./beat-store.ts";
import { createDynamoClient } from "./client.ts";
import type { Table } from "./requests.ts";
import { createSettingsStore } from "./settings-store.ts";

/**
 * Opens the store of the table in the environment variable `BEATS_TABLE`. The SDK reads region, credentials and endpoint
 * from its own variables.
 * @throws Error if `BEATS_TABLE` is not set
 */
export const openBeatStore = (env: NodeJS.ProcessEnv = process.env): BeatStore =>
  createBeatStore(openTable(env));

/**
 * Opens the settings of the table in the environment variable `BEATS_TABLE`.
 * @throws Error if `BEATS_TABLE` is not set
 */
export const openSettingsStore = (env: NodeJS.ProcessEnv = process.env): SettingsStore =>
  createSettingsStore(openTable(env));

const openTable = (env: NodeJS.ProcessEnv): Table => {
  const name = env["BEATS_TABLE"];
  if (!name) throw new Error("BEATS_TABLE is not set: set it to the name of the table of beats");
  return { db: createDynamoClient(), name };
};

/** A database that does not respond must not keep a function from starting. */
const WARM_UP_MS = 1_000;

/**
 * Waits for a first read, at most a second. Lambda gives a function more CPU while it starts, so the first invocation finds
 * an open connection and warm code. Errors are ignored here: the invocation that meets them reports them.
 */
export const warmUp = (read: Promise<unknown>): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, WARM_UP_MS);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    read.then(done, done);
  });
