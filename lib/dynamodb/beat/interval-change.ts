import type { Beat } from "../../domain/beat-store.ts";
import { type Minute, minuteAfter, minuteAt, minuteBefore } from "../../domain/minute.ts";
import { type CoveredDay, latest } from "../../domain/pauses.ts";
import { dayOf, LIVE, SETTINGS } from "../table/keys.ts";
import { type Condition, expectAttributes, usedIn, type Write } from "../table/requests.ts";
import type { Live } from "../table/rows.ts";
import { totalCovered } from "./pause-lookup.ts";

interface Restart {
  /** The new first minute. */
  born: Minute;
  /** The slots since `born` that ended pauses cover. */
  covered: readonly CoveredDay[];
  notPaused: Condition;
  /** There was a pause, so the row of the settings has a sum of covered slots. */
  hasPauses: boolean;
}

/**
 * The first minute of the statistics when a beat begins them: the current slot by the function's clock. It is after every
 * counted minute, so each beat before is early, and each beat since is a slot of the new interval.
 */
export const bornUnder = ({ recordedAt, every = 1 }: Beat, { born, newest }: Live): Minute => {
  const free = born === undefined ? undefined : minuteAfter(newest ?? minuteBefore(born), every);
  return latest([minuteAt(recordedAt, every), free]);
};

/**
 * The writes of the first beat under another interval: counting goes on, and the statistics begin anew at `born`. The
 * earlier beats of its day become early ones. The sums of the days before stay, because all their beats are before `born`.
 */
export const intervalChange = (
  { minute, every = 1 }: Beat,
  live: Live,
  { born, covered, notPaused, hasPauses }: Restart,
): Write[] => {
  const isEarly = minute < born;
  const set = ["born = :next", `early = beats${isEarly ? " + :one" : ", newest = :minute"}`];
  const removed = isEarly ? ["newest"] : [];
  if (every === 1) removed.push("slotMinutes");
  else set.push("slotMinutes = :every");
  const update = `SET ${set.join(", ")}${removed.length === 0 ? "" : ` REMOVE ${removed.join(", ")}`} ADD beats :one`;
  const seen = expectAttributes({ born: live.born, newest: live.newest, slotMinutes: live.slotMinutes });
  return [
    {
      row: LIVE,
      update,
      values: usedIn(update, { ":next": born, ":one": 1, ":minute": minute, ":every": every }),
      condition: {
        expression: `${seen.expression} AND ${notPaused.expression}`,
        names: { ...seen.names, ...notPaused.names },
        values: { ...seen.values, ...notPaused.values },
      },
    },
    ...sumsOfDays(minute, born, covered),
    ...(hasPauses
      ? [{ row: SETTINGS, update: "SET covered = :covered", values: { ":covered": totalCovered(covered) } }]
      : []),
  ];
};

/** The sums of the day of the beat, of the day of `born`, and of the days that pauses cover since then. */
const sumsOfDays = (minute: Minute, born: Minute, covered: readonly CoveredDay[]): Write[] => {
  const [beat, first] = [dayOf(minute), dayOf(born)];
  const isEarlyToday = minute < born && minute.slice(0, 10) === born.slice(0, 10);
  const days = [[born, { covered: 0 }] as const, ...covered].map(
    ([day, sum]) => [dayOf(day), sum.covered] as const,
  );
  return [...new Set([beat.row, ...days.map(([{ row }]) => row)])].map((row) => {
    const set = new Map(
      days.filter(([day]) => day.row === row).map(([{ attribute }, sum]) => [`covered${attribute}`, sum]),
    );
    const assignments = [...set.keys()].map((name) => `${name} = :${name}`);
    if (row === first.row) {
      const early = `if_not_exists(#first, :none)${isEarlyToday ? " + :one" : ""}`;
      assignments.push(`early${first.attribute} = ${early}`);
    }
    const sets = assignments.length === 0 ? "" : `SET ${assignments.join(", ")} `;
    const update = `${sets}${row === beat.row ? "ADD #beat :one" : ""}`;
    const values = Object.fromEntries([...set].map(([name, sum]) => [`:${name}`, sum]));
    return {
      row,
      update,
      values: { ...values, ...usedIn(update, { ":none": 0, ":one": 1 }) },
      names: usedIn(update, { "#beat": beat.attribute, "#first": first.attribute }),
    };
  });
};
