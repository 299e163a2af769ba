import type { Minute } from "../../../lib/domain/minute.ts";
import { HOUR, type Row, readMark } from "../../../lib/dynamodb/table/keys.ts";
import { formatValue } from "../../../lib/text/format-value.ts";
import { isCount } from "./stored-settings.ts";

/**
 * Each marked minute with its lateness in milliseconds, and one sentence for each mark that the service cannot read. A
 * minute whose lateness is malformed is marked nevertheless: it counts, with lateness 0.
 */
export const storedMinutes = (
  rows: ReadonlyMap<string, Row>,
): { beaten: Map<Minute, number>; unreadable: string[] } => {
  const beaten = new Map<Minute, number>();
  const unreadable: string[] = [];
  for (const [key, row] of rows) {
    if (!key.startsWith(HOUR)) continue;
    for (const [attribute, lateness] of Object.entries(row)) {
      const minute = readMark(key, attribute);
      if (minute === undefined) {
        unreadable.push(`${key} ${attribute}: not the mark of a minute`);
        continue;
      }
      beaten.set(minute, isCount(lateness) ? lateness : 0);
      if (!isCount(lateness)) {
        unreadable.push(`${key} ${attribute}: stored ${formatValue(lateness)}, which is invalid`);
      }
    }
  }
  return { beaten, unreadable };
};
