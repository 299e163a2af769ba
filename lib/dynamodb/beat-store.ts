import type { BeatStore } from "../domain/beat-store.ts";
import { lookUpBeat } from "./beat/look-up.ts";
import { recordBeat } from "./beat/record-beat.ts";
import { LIVE, LIVE_RANGE, pastRangesOf, rangesOf, SETTINGS } from "./table/keys.ts";
import { toPast } from "./table/past-rows.ts";
import { getRow, readRows, type Table } from "./table/requests.ts";
import { toHistory, toLive, toThresholds } from "./table/rows.ts";

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
