import type { BeatStore } from "../domain/beat-store.ts";
import type { SettingsStore } from "../domain/settings-store.ts";
import { createDynamoClient } from "./client.ts";
import { createDynamoSettingsStore, createDynamoStore } from "./store.ts";

/**
 * The store that the environment names: `BEATS_TABLE`, and the SDK's own variables.
 * @throws Error naming the variable that is missing
 */
export const openStore = (env: NodeJS.ProcessEnv = process.env): BeatStore =>
  createDynamoStore(createDynamoClient(), loadTable(env));

/** As `openStore`. */
export const openSettingsStore = (env: NodeJS.ProcessEnv = process.env): SettingsStore =>
  createDynamoSettingsStore(createDynamoClient(), loadTable(env));

const loadTable = (env: NodeJS.ProcessEnv): string => {
  const table = env["BEATS_TABLE"];
  if (!table) throw new Error("BEATS_TABLE is not set: it must hold the name of the table of beats");
  return table;
};
