import type { Pause } from "../../../lib/domain/beat-store.ts";
import { formatValue } from "../../../lib/domain/format-value.ts";
import { fromIndex, isMinute, type Minute, minuteBefore, toIndex } from "../../../lib/domain/minute.ts";
import { covers } from "../../../lib/domain/pauses.ts";
import { type Row, readPauseKey } from "../../../lib/dynamodb/keys.ts";

/** A pause as its row keeps it; it covers none where `to` is one minute before `from`. */
export interface KeptPause extends Pause {
  row: string;
  version: number;
}

/** The pauses in the order in which they began, and of each row that can't be read what is wrong. */
export const keptPauses = (rows: ReadonlyMap<string, Row>): { pauses: KeptPause[]; unreadable: string[] } => {
  const kept = [...rows].filter(([key]) => key.startsWith("pause#")).map(([key, row]) => toKept(key, row));
  return {
    pauses: kept
      .filter((pause) => typeof pause !== "string")
      .sort((a, b) => toIndex(a.from) - toIndex(b.from) || a.version - b.version),
    unreadable: kept.filter((pause) => typeof pause === "string"),
  };
};

const toKept = (row: string, { to, reason }: Row): KeptPause | string => {
  const key = readPauseKey(row);
  if (key === undefined) return `${row}: this is no key of a pause`;
  const kept = { row, ...key };
  if (to === undefined) return { ...kept, ...(typeof reason === "string" ? { reason } : {}) };
  return isMinute(to) && to >= minuteBefore(key.from)
    ? { ...kept, to }
    : `${row} to: stored ${formatValue(to)}, which is no end of that pause`;
};

/** Those that cover a minute, as histories have them. */
export const toldPauses = (pauses: readonly KeptPause[]): Pause[] =>
  pauses.filter(isCovering).map(({ row, version, ...pause }) => pause);

const isCovering = ({ from, to }: Pause): boolean => to === undefined || to >= from;

/** The minutes since `born` that ended pauses cover, once for each. */
export const coveredMinutes = (pauses: readonly KeptPause[], born: Minute | undefined): Minute[] =>
  pauses.flatMap(({ from, to }) => {
    if (born === undefined || to === undefined) return [];
    const first = toIndex(from > born ? from : born);
    return Array.from({ length: Math.max(0, toIndex(to) - first + 1) }, (_, n) => fromIndex(first + n));
  });

/** Of pauses that cover the same minutes. */
export const overlaps = (pauses: readonly KeptPause[]): string[] => {
  const covering = pauses.filter(isCovering);
  return covering.slice(1).flatMap((pause, place) => {
    const before = covering[place];
    return before !== undefined && covers(before, pause.from)
      ? [`${before.row} and ${pause.row} overlap`]
      : [];
  });
};

/** Of pauses that cover minutes which have beaten. */
export const coveredBeats = (pauses: readonly KeptPause[], beaten: readonly Minute[]): string[] =>
  pauses.flatMap((pause) => {
    const [first, ...others] = beaten.filter((minute) => covers(pause, minute)).sort();
    const more = others.length === 0 ? "" : ` and ${others.length} more`;
    return first === undefined ? [] : [`${pause.row} covers ${first}${more}, marked as beaten`];
  });
