import type { Beat } from "../../domain/beat-store.ts";
import { StoreUnavailableError } from "../../domain/errors.ts";
import { hourOf, LIVE, markAndLive } from "../table/keys.ts";
import { readRows, type Table } from "../table/requests.ts";
import { createPauseLookup } from "./pause-lookup.ts";

/** Each attempt after the first needs a pause that begins or ends, or a later minute that is paused, at that moment. */
const MAX_LOOKUPS = 3;

/** What `record` would find: the minute is marked, or a pause covers it. */
export const lookUpBeat = async (table: Table, beat: Beat): Promise<"duplicate" | "covered" | undefined> => {
  const pauses = createPauseLookup(table, beat);
  const { row, attribute } = hourOf(beat.minute);
  for (let count = 1; count <= MAX_LOOKUPS; count++) {
    const rows = await readRows(table, markAndLive(beat), "beat");
    if (rows.get(row)?.[attribute] !== undefined) return "duplicate";
    const live = rows.get(LIVE);
    const coverage = await pauses.checkLastPause(live);
    if (coverage === "changed") continue;
    const isCovered = coverage === "covered" || (await pauses.isCoveredByEarlierPause(live));
    return isCovered ? "covered" : undefined;
  }
  throw new StoreUnavailableError(
    "the beat could not be looked up",
    `concurrent changes in ${MAX_LOOKUPS} attempts`,
  );
};
