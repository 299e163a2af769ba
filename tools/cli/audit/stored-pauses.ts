import type { Pause } from "../../../lib/domain/beat-store.ts";
import { fromIndex, isMinute, type Minute, minuteBefore, toIndex } from "../../../lib/domain/minute.ts";
import { covers } from "../../../lib/domain/pauses.ts";
import { type Row, readPauseKey } from "../../../lib/dynamodb/table/keys.ts";
import { formatValue } from "../../../lib/text/format-value.ts";

/** A pause from its row. It covers no minute if `to` is the minute before `from`. */
export interface StoredPause extends Pause {
  row: string;
  version: number;
}

/** The pauses in the order in which they began, and one sentence for each malformed row. */
export const storedPauses = (
  rows: ReadonlyMap<string, Row>,
): { pauses: StoredPause[]; unreadable: string[] } => {
  const parsed = [...rows]
    .filter(([key]) => key.startsWith("pause#"))
    .map(([key, row]) => toStoredPause(key, row));
  return {
    pauses: parsed
      .filter((pause) => typeof pause !== "string")
      .sort((a, b) => toIndex(a.from) - toIndex(b.from) || a.version - b.version),
    unreadable: parsed.filter((pause) => typeof pause === "string"),
  };
};

const toStoredPause = (row: string, { to, reason }: Row): StoredPause | string => {
  const key = readPauseKey(row);
  if (key === undefined) return `${row}: invalid key of a pause`;
  const parsed = { row, ...key };
  if (to === undefined) return { ...parsed, ...(typeof reason === "string" ? { reason } : {}) };
  return isMinute(to) && to >= minuteBefore(key.from)
    ? { ...parsed, to }
    : `${row} to: stored ${formatValue(to)}, which is invalid`;
};

/** The pauses that cover at least one minute, as a history contains them. */
export const effectivePauses = (pauses: readonly StoredPause[]): Pause[] =>
  pauses.filter(isCovering).map(({ row, version, ...pause }) => pause);

const isCovering = ({ from, to }: Pause): boolean => to === undefined || to >= from;

/** The slots of `every` minutes since `born` that ended pauses cover, once per pause. */
export const coveredMinutes = (
  pauses: readonly StoredPause[],
  born: Minute | undefined,
  every: number,
): Minute[] =>
  pauses.flatMap(({ from, to }) => {
    if (born === undefined || to === undefined) return [];
    const first = Math.ceil(toIndex(from > born ? from : born) / every);
    const length = Math.max(0, toIndex(to, every) - first + 1);
    return Array.from({ length }, (_, n) => fromIndex(first + n, every));
  });

/** One sentence for each two pauses that cover the same minutes. */
export const overlaps = (pauses: readonly StoredPause[]): string[] => {
  const covering = pauses.filter(isCovering);
  return covering.slice(1).flatMap((pause, index) => {
    const before = covering[index];
    return before !== undefined && covers(before, pause.from)
      ? [`${before.row} and ${pause.row} overlap`]
      : [];
  });
};

/** One sentence for each pause that covers a beaten minute. */
export const coveredBeats = (pauses: readonly StoredPause[], beaten: readonly Minute[]): string[] =>
  pauses.flatMap((pause) => {
    const [first, ...others] = beaten.filter((minute) => covers(pause, minute)).sort();
    const more = others.length === 0 ? "" : ` and ${others.length} more`;
    return first === undefined ? [] : [`${pause.row} covers ${first}${more}, marked as beaten`];
  });
