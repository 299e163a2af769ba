import type { BeatStore } from "../domain/beat-store.ts";
import { LIVE, LIVE_RANGE, rangesOf, SETTINGS } from "./keys.ts";
import { recordBeat } from "./record-beat.ts";
import { getRow, readRows, type Table } from "./requests.ts";
import { toHistory, toLive, toThresholds } from "./rows.ts";

export const createBeatStore = (table: Table): BeatStore => ({
  record: (beat) => recordBeat(table, beat),

  async count() {
    return toLive(await getRow(table, LIVE, "beats")).beats;
  },

  async read(range) {
    return toHistory(await readRows(table, rangesOf(range), "history"), range);
  },

  async thresholds() {
    return toThresholds((await readRows(table, [LIVE_RANGE], "thresholds")).get(SETTINGS));
  },
});
