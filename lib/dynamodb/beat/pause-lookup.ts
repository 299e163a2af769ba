import type { Beat, Pause } from "../../domain/beat-store.ts";
import { MalformedRowError } from "../../domain/errors.ts";
import type { Minute } from "../../domain/minute.ts";
import { type CoveredDay, coveredDays, covers, NEVER } from "../../domain/pauses.ts";
import { toStoreError } from "../table/faults.ts";
import { LIVE, LIVE_RANGE, lastPauseUpTo, type Row } from "../table/keys.ts";
import {
  type Condition,
  expectAttributes,
  readRows,
  type Table,
  type Write,
  writeRows,
} from "../table/requests.ts";
import { toLastPause, toPauses, toSettings } from "../table/rows.ts";

/** The condition of a first attempt: the minute lies after every pause. `:minute` is a value of the beat's update. */
export const NOT_PAUSED: Condition = {
  expression: "(attribute_not_exists(openFrom) OR openFrom <= :minute)",
};

export const totalCovered = (days: readonly CoveredDay[]): number =>
  days.reduce((total, [, { covered }]) => total + covered, 0);

/**
 * Finds out what the stored pauses mean for a beat whose condition on the row `live` failed. `live` is that row.
 * Malformed pause data is logged and ignored: it must not stop the counting.
 */
export const createPauseLookup = (table: Table, { minute, every = 1 }: Beat) => {
  let isEarlierPauseKnown = false;
  let last: { live: Row | undefined; pause: Pause | undefined } | undefined;
  /** Reads the row of each attempt once, so that malformed data is logged once. */
  const lastPause = async (live: Row | undefined): Promise<Pause | undefined> => {
    if (last?.live !== live || last === undefined) {
      last = { live, pause: await ignoreMalformed(() => toLastPause(live)) };
    }
    return last.pause;
  };
  return {
    /**
     * `covered`: the last pause covers the minute. A minute of an open pause is stored first, so that a resume cannot
     * end the pause before it. `changed`: the pause changed meanwhile; try again.
     */
    async checkLastPause(live: Row | undefined): Promise<"covered" | "changed" | "not covered"> {
      const pause = await lastPause(live);
      if (pause === undefined || !covers(pause, minute)) return "not covered";
      if (pause.to !== undefined || isStoredAsPaused(live, minute)) return "covered";
      return (await storeAsPaused(table, minute)) ? "covered" : "changed";
    },

    /** `live` has only the last pause; earlier ones no longer change, so one query is enough for all attempts. */
    async isCoveredByEarlierPause(live: Row | undefined): Promise<boolean> {
      const pause = await lastPause(live);
      if (pause === undefined || minute >= pause.from || isEarlierPauseKnown) return false;
      isEarlierPauseKnown = true;
      const earlier = await ignoreMalformed(() => endedPauseUpTo(table, minute));
      return earlier !== undefined && covers(earlier, minute);
    },

    /** The condition of the next attempt. */
    expectUnchanged: (live: Row | undefined): Condition =>
      expectAttributes({ openFrom: live?.["openFrom"], pausedFrom: live?.["pausedFrom"] }),

    /** The slots since a new `born` that ended pauses cover, by day. */
    async coveredSince(born: Minute, live: Row | undefined): Promise<CoveredDay[]> {
      if ((await lastPause(live)) === undefined) return [];
      const ended = await ignoreMalformed(() => endedPauses(table));
      return ended?.flatMap((pause) => coveredDays(pause, born, every)) ?? [];
    },
  };
};

const ignoreMalformed = async <Value>(read: () => Value | Promise<Value>): Promise<Value | undefined> => {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof MalformedRowError)) throw error;
    console.error({ error: `${error.message}: ignoring unreadable pause data` });
    return undefined;
  }
};

/** The last ended pause that began in `minute` or before. */
const endedPauseUpTo = async (table: Table, minute: Minute): Promise<Pause | undefined> =>
  toPauses(await readRows(table, [lastPauseUpTo(minute)], "pauses")).find(({ to }) => to !== undefined);

const endedPauses = async (table: Table): Promise<Pause[]> =>
  toSettings(await readRows(table, [LIVE_RANGE], "pauses")).pauses.filter(({ to }) => to !== undefined);

/**
 * Stores that a minute was answered as paused, on the condition that the pause is open. A resume requires that this
 * attribute has not changed. False: the pause has ended, or a later minute is stored.
 */
const storeAsPaused = async (table: Table, minute: Minute): Promise<boolean> => {
  const write: Write = {
    row: LIVE,
    update: "SET lastPaused = :minute",
    values: { ":minute": minute },
    condition: {
      expression:
        "openFrom = :never AND pausedFrom <= :minute AND (attribute_not_exists(lastPaused) OR lastPaused < :minute)",
      values: { ":never": NEVER },
    },
  };
  return (await writeBeat(table, [write])) === undefined;
};

/** The writes of a beat, in one transaction. @throws StoreUnavailableError, StoreRefusedError */
export const writeBeat = (table: Table, writes: readonly Write[]) =>
  writeRows(table, writes).catch((cause) => {
    const needs = { table: table.name, actions: ["dynamodb:UpdateItem"] };
    throw toStoreError("the beat could not be recorded", cause, needs);
  });

/** Also true for a malformed value, which prevents `storeAsPaused`: a resume fails until the value is corrected. */
const isStoredAsPaused = (live: Row | undefined, minute: Minute): boolean => {
  const stored = live?.["lastPaused"];
  return stored !== undefined && !(typeof stored === "string" && stored < minute);
};
