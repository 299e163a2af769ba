import { fromIndex, toIndex } from "../../lib/domain/minute.ts";
import type { Facts } from "../support/fixtures/history.ts";

/** The moment of all pictures. */
export const NOW = "2026-11-23T22:40:34Z";

const LAST = toIndex("2026-11-23T22:40Z");
const DAY = 1_440;

/** Minutes ago, both ends included. */
type Part = readonly [from: number, to: number];

/** Outages of one minute, of 11 minutes, of three hours and of five days. */
const OUTAGES: readonly Part[] = [
  [37, 37],
  [700, 690],
  [9 * DAY + 180, 9 * DAY + 1],
  [52 * DAY + 700, 47 * DAY + 300],
  [61 * DAY, 61 * DAY],
];
const PAUSES: readonly Part[] = [
  [310, 246],
  [23 * DAY + 900, 23 * DAY + 300],
];

/** A history of 78 days. Its lateness repeats every 8 minutes. */
const history = (newest: number, outages: readonly Part[] = OUTAGES, open?: Part[0]): Facts => {
  const isIn =
    (ago: number) =>
    ([from, to]: Part) =>
      ago <= from && ago >= to;
  const closed = PAUSES.filter(([, to]) => to >= newest);
  const beaten: (readonly [string, number])[] = [];
  for (let ago = 78 * DAY - 400; ago >= newest; ago--) {
    if (outages.some(isIn(ago)) || closed.some(isIn(ago)) || (open !== undefined && ago <= open)) continue;
    beaten.push([fromIndex(LAST - ago), 700 + ((ago * 37) % 8) * 240]);
  }
  // In order of time.
  const pauses = closed.toReversed().map(([from, to]) => ({
    from: fromIndex(LAST - from),
    to: fromIndex(LAST - to),
    reason: "monthly restart of the scheduler",
  }));
  return {
    born: fromIndex(LAST - 78 * DAY + 400),
    beaten,
    pauses: [
      ...pauses,
      ...(open === undefined
        ? []
        : [{ from: fromIndex(LAST - open), reason: "upgrade of the database to version 17" }]),
    ],
  };
};

/** A history for each state of the page. The state unknown has none: its snapshot cannot be read. */
export const STATES: Record<string, () => Facts | Error> = {
  new: () => ({}),
  up: () => history(0),
  recovered: () => history(0, [...OUTAGES, [186, 6]]),
  late: () => history(3),
  down: () => history(129),
  paused: () => history(0, OUTAGES, 75),
  unknown: () => new Error("The pictures show a database that cannot be read."),
};
