import type { DaySums, History, Pause } from "../../lib/beat-store.ts";
import { type Day, fromIndex, type Minute, toIndex } from "../../lib/minute.ts";

export interface Facts {
  born?: Minute | undefined;
  /** Each beaten minute, or each with its lateness in ms. */
  beaten?: readonly (Minute | readonly [Minute, number])[];
  pauses?: readonly Pause[];
}

/** The minutes from the first to the last, both included. */
export const minutesFrom = (from: Minute, to: Minute): Minute[] =>
  Array.from({ length: Math.max(0, toIndex(to) - toIndex(from) + 1) }, (_, n) =>
    fromIndex(toIndex(from) + n),
  );

/** What is stored of a heart of which all this is true. */
export const historyOf = ({ born, beaten = [], pauses = [] }: Facts): History => {
  const minutes = new Map(beaten.map((beat) => (typeof beat === "string" ? ([beat, 48] as const) : beat)));
  const covered = pauses
    .flatMap(({ from, to }) => (to === undefined ? [] : minutesFrom(from, to)))
    .filter((minute) => born !== undefined && minute >= born);
  const isEarly = (minute: Minute) => born !== undefined && minute < born;
  const all: DaySums = { beats: 0, early: 0, covered: 0 };
  const days = new Map<Day, DaySums>();
  const add = (minute: Minute, sum: keyof DaySums) => {
    const day = days.get(minute.slice(0, 10)) ?? { beats: 0, early: 0, covered: 0 };
    days.set(minute.slice(0, 10), day);
    day[sum]++;
    all[sum]++;
  };
  let newest: Minute | undefined;
  for (const minute of minutes.keys()) {
    add(minute, "beats");
    if (isEarly(minute)) add(minute, "early");
    else if (newest === undefined || minute > newest) newest = minute;
  }
  for (const minute of covered) add(minute, "covered");
  return { ...all, born, newest, minutes, days, pauses, rules: {} };
};
