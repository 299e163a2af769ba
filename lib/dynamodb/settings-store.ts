import { minuteAfter } from "../domain/minute.ts";
import { coveredDays, NEVER, recentPauses } from "../domain/pauses.ts";
import type { Change, Settings, SettingsStore } from "../domain/settings-store.ts";
import { totalCovered } from "./beat/pause-lookup.ts";
import { mayHaveRun, toStoreError } from "./table/faults.ts";
import { daySums, LIVE, LIVE_RANGE, pauseKey, SETTINGS } from "./table/keys.ts";
import { addSums, expectAttributes, readRows, type Table, type Write, writeRows } from "./table/requests.ts";
import { toSettings } from "./table/rows.ts";

export const createSettingsStore = (table: Table): SettingsStore => ({
  async settings() {
    return toSettings(await readRows(table, [LIVE_RANGE], "settings"));
  },

  async change(seen, change) {
    const writes = [
      ...settingsWrites(seen, change),
      ...pauseWrites(seen, change),
      ...resumeWrites(seen, change),
    ];
    const conditions = await writeRows(table, writes).catch((cause) => {
      const outcome = mayHaveRun(cause)
        ? "unknown outcome, the settings may have changed"
        : "nothing is changed";
      const needs = { table: table.name, actions: ["dynamodb:PutItem", "dynamodb:UpdateItem"] };
      throw toStoreError(outcome, cause, needs);
    });
    return conditions === undefined ? "changed" : "conflict";
  },
});

const settingsWrites = (seen: Settings, change: Change): Write[] => {
  const { changeInfo, thresholds = seen.thresholds, begun, ended } = change;
  const version = seen.version + 1;
  const covered = (seen.covered ?? 0) + totalCovered(newlyCovered(seen, change));
  const pauses = recentPauses(seen.pauses, { begun, ended }, Date.parse(changeInfo.time));
  const settings = { version, ...changeInfo, ...thresholds, covered, pauses };
  const pausedBy = begun === undefined ? seen.pause?.version : version;
  return [
    {
      row: SETTINGS,
      put: pausedBy === undefined || ended !== undefined ? settings : { ...settings, pausedBy },
      condition: expectAttributes({ version: seen.version || undefined, covered: seen.covered }),
    },
  ];
};

const pauseWrites = ({ version, pauseContext }: Settings, { changeInfo, begun }: Change): Write[] => {
  if (begun === undefined) return [];
  const { born, newest, slotMinutes, openFrom, lastPaused } = pauseContext;
  return [
    {
      row: LIVE,
      // Before the first beat this creates the row, which always has `beats`.
      update: "SET openFrom = :never, pausedFrom = :from ADD beats :none",
      values: { ":never": NEVER, ":from": begun.from, ":none": 0 },
      condition: expectAttributes({ born, newest, slotMinutes, openFrom, lastPaused }),
    },
    { row: pauseKey(begun.from, version + 1), put: { reason: begun.reason, ...changeInfo } },
  ];
};

const resumeWrites = (seen: Settings, change: Change): Write[] => {
  const { pause, pauseContext } = seen;
  const { ended } = change;
  if (ended === undefined || pause === undefined) return [];
  const { born, slotMinutes, openFrom, lastPaused } = pauseContext;
  return [
    {
      row: LIVE,
      update: "SET openFrom = :after",
      values: { ":after": minuteAfter(ended.to) },
      condition: expectAttributes({ born, slotMinutes, openFrom, lastPaused }),
    },
    {
      row: pauseKey(ended.from, pause.version),
      update: "SET #to = :to",
      names: { "#to": "to" },
      values: { ":to": ended.to },
    },
    ...[...daySums(newlyCovered(seen, change))].map(addSums),
  ];
};

/** The minutes of the pause that the change ends, by day. */
const newlyCovered = ({ pauseContext }: Settings, { ended }: Change) =>
  ended === undefined ? [] : coveredDays(ended, pauseContext.born, pauseContext.slotMinutes);
