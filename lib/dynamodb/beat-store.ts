import {
  type BeatStore,
  MAX_PAST_PAUSES,
  type PastRange,
  type Pause,
  type StoredPast,
} from "../domain/beat-store.ts";
import { LIVE, LIVE_RANGE, PAUSE, pastRangesOf, type Row, rangesOf, readPauseKey, SETTINGS } from "./keys.ts";
import { recordBeat } from "./record-beat.ts";
import { getRow, readRows, type Table } from "./requests.ts";
import { rowsOf, toHistory, toLive, toMinutes, toPause, toText, toThresholds } from "./rows.ts";

export const createBeatStore = (table: Table): BeatStore => ({
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
