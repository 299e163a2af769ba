import type { BeatStore } from "../domain/beat-store.ts";
import type { SettingsStore } from "../domain/settings-store.ts";
import { createBeatStore } from "./beat-store.ts";
import { createSettingsStore } from "./settings-store.ts";
import { createDynamoClient } from "./table/client.ts";
import { PARTITION, type Row } from "./table/keys.ts";
import { putRow, type Table } from "./table/requests.ts";

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

/** The rows of a job in its own partition of the table. */
export interface JobRows {
  /** Creates or replaces the row with this sort key. @throws StoreUnavailableError, StoreRefusedError */
  put(sk: string, row: Row): Promise<void>;
}

/**
 * Opens a partition of the table in the environment variable `BEATS_TABLE` for a job. The beats, the audit and the replies
 * use another partition, so they ignore these rows.
 * @throws Error if `BEATS_TABLE` is not set, or if the partition is that of the beats
 */
export const openJobRows = (partition: string, env: NodeJS.ProcessEnv = process.env): JobRows => {
  if (partition === PARTITION) throw new Error(`partition ${PARTITION} contains the beats: use another one`);
  const table = openTable(env);
  return { put: (sk, row) => putRow(table, partition, sk, row) };
};

/** All stores of a process share one client, and with it the connection. */
let client: ReturnType<typeof createDynamoClient> | undefined;

const openTable = (env: NodeJS.ProcessEnv): Table => {
  const name = env["BEATS_TABLE"];
  if (!name) throw new Error("BEATS_TABLE is not set: set it to the name of the table of beats");
  client ??= createDynamoClient();
  return { db: client, name };
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
