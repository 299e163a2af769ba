import { MAX_PAST_PAUSES, type PastRange, type Pause, type StoredPast } from "../../domain/beat-store.ts";
import { toText } from "./attributes.ts";
import { HOUR, PAUSE, type Row, readPauseKey } from "./keys.ts";
import { rowsOf, toMinutes, toPause } from "./rows.ts";

/** @throws MalformedRowError naming row and attribute */
export const toPast = (rows: ReadonlyMap<string, Row>, { pauses: { from } }: PastRange): StoredPast => {
  const stored = rowsOf(rows, PAUSE).sort(([a], [b]) => (a < b ? -1 : 1));
  const inRange = stored.filter(([key]) => key >= `${PAUSE}${from}`);
  const [oldest = ""] = inRange[0] ?? [];
  return {
    minutes: new Map(rowsOf(rows, HOUR).flatMap(toMinutes)),
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
