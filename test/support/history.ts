import type { DaySums, History, Pause } from "../../lib/beat-store.ts";
import { fromIndex, type Minute, toIndex } from "../../lib/minute.ts";

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
  const sumsOf = (prefix: string): DaySums => {
    const beats = [...minutes.keys()].filter((minute) => minute.startsWith(prefix));
    return {
      beats: beats.length,
      early: beats.filter(isEarly).length,
      covered: covered.filter((minute) => minute.startsWith(prefix)).length,
    };
  };
  const days = new Set([...minutes.keys(), ...covered].map((minute) => minute.slice(0, 10)));
  return {
    ...sumsOf(""),
    born,
    newest: [...minutes.keys()]
      .filter((minute) => !isEarly(minute))
      .sort()
      .at(-1),
    minutes,
    days: new Map([...days].map((day) => [day, sumsOf(day)])),
    pauses,
  };
};
