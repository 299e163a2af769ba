import type { Past, Stretch } from "../../lib/beat-store.ts";
import { type Facts, historyOf } from "./history.ts";

/** What a store that holds all of it tells of a stretch. */
export const pastOf = (facts: Facts) => {
  const all = historyOf(facts);
  return ({ minutes, days }: Stretch): Past => ({
    born: all.born,
    minutes: new Map([...all.minutes].filter(isIn(minutes))),
    days: new Map([...all.days].filter(isIn(days))),
    pauses: all.pauses.filter(
      ({ from, to }) =>
        to === undefined || (minutes !== undefined && from <= minutes.to && to >= minutes.from),
    ),
    rules: {},
  });
};

const isIn =
  (range: { from: string; to: string } | undefined) =>
  ([key]: readonly [string, unknown]) =>
    range !== undefined && range.from <= key && key <= range.to;
