import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** Kinds of state that outlive a resource: metrics and alarm history, and in the emulator also stacks and tags. */
const MEMORIES = /^(cloudformation\/|dynamodb\/tags\/|cloudwatch\/(metrics|alarm_history)\/)/;

/** Returns the resources of this service that a stopped emulator still held, as `service/kind/name`. */
export const heldBy = (stateFolder: string): string[] =>
  readdirSync(stateFolder)
    .filter((file) => file.endsWith(".json"))
    .flatMap((file) =>
      entriesIn(JSON.parse(readFileSync(join(stateFolder, file), "utf8")), basename(file, ".json")),
    )
    .filter(({ path, text }) => text.includes("heartbeat") && !MEMORIES.test(path))
    .map(({ path }) => path)
    .sort();

/** The emulator writes each of its collections as `data`, by account, region and name. */
const entriesIn = (state: unknown, path: string): { path: string; text: string }[] => {
  if (typeof state !== "object" || state === null) return [];
  const isTable = "__scoped__" in state || "__account_region_scoped__" in state;
  return Object.entries(isTable && "data" in state ? Object(state.data) : state).flatMap(([key, value]) => {
    const name = key.split("\0").at(-1)?.replaceAll("'", "");
    if (isTable) return [{ path: `${path}/${name}`, text: key + JSON.stringify(value) }];
    return entriesIn(value, key === "payload" ? path : `${path}/${key}`);
  });
};
