import {
  type Beat,
  type BeatStore,
  MAX_PAST_PAUSES,
  type PastRange,
  type Pause,
  type StoredPast,
} from "../domain/beat-store.ts";
import { StoreUnavailableError } from "../domain/errors.ts";
import {
  hourOf,
  LIVE,
  LIVE_RANGE,
  markAndLive,
  PAUSE,
  pastRangesOf,
  type Row,
  rangesOf,
  readPauseKey,
  SETTINGS,
} from "./keys.ts";
import { createPauseLookup } from "./pause-lookup.ts";
import { recordBeat } from "./record-beat.ts";
import { getRow, readRows, type Table } from "./requests.ts";
import { rowsOf, toHistory, toLive, toMinutes, toPause, toText, toThresholds } from "./rows.ts";

export const createBeatStore = (table: Table): BeatStore => ({
  lookUp: (beat) => lookUpBeat(table, beat),

  record: (beat) => recordBeat(table, beat),

  async count() {
    return toLive(await getRow(table, LIVE, "beats")).beats;
  },

  async read(range) {
    return toHistory(await readRows(table, rangesOf(range), "history"), range);
  },

  async past(range) {
    return toPast(await readRows(table, pastRangesOf(range), "past"), range);
  },

  async thresholds() {
    return toThresholds((await readRows(table, [LIVE_RANGE], "thresholds")).get(SETTINGS));
  },
});

/** Each attempt after the first needs a pause that begins or ends, or a later minute that is paused, at that moment. */
const MAX_LOOKUPS = 3;

const lookUpBeat = async (table: Table, beat: Beat): Promise<"duplicate" | "covered" | undefined> => {
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

/** @throws MalformedRowError naming row and attribute */
const toPast = (rows: ReadonlyMap<string, Row>, { pauses: { from } }: PastRange): StoredPast => {
  const stored = rowsOf(rows, PAUSE).sort(([a], [b]) => (a < b ? -1 : 1));
  const inRange = stored.filter(([key]) => key >= `${PAUSE}${from}`);
  const [oldest = ""] = inRange[0] ?? [];
  return {
    minutes: new Map(rowsOf(rows, "hour#").flatMap(toMinutes)),
    pauses: stored
      .flatMap((row) => toPauseWithReason(row) ?? [])
      .filter(({ to }) => to === undefined || to >= from),
    // Older pauses of the range may not have been read.
    pausesKnownFrom: (inRange.length < MAX_PAST_PAUSES ? undefined : readPauseKey(oldest)?.from) ?? from,
  };
};

const toPauseWithReason = ([key, row]: [string, Row]): Pause | undefined => {
  const pause = toPause([key, row]);
  const reason = toText(row, key, "reason");
  return pause === undefined || reason === undefined ? pause : { ...pause, reason };
};
