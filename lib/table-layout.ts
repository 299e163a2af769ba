import { MalformedRowError } from "./beat-store.ts";
import { type Minute, minuteAt } from "./minute.ts";

/**
 * One partition, so that one Query can take neighbouring rows together (docs/adr/0003):
 *
 *     hour#2026-11-23T22   00…59 = lateness in ms of each beaten minute
 *     live                 beats, born, newest, early (beats of minutes before born)
 *     month#2026-11        01…31 = beats of each day; early01…early31 = those of minutes before born
 */
export const PARTITION = "heart";
export const LIVE = "live";

export const hourOf = (minute: Minute) => ({
  row: `hour#${minute.slice(0, 13)}`,
  minute: minute.slice(14, 16),
});
export const dayOf = (minute: Minute) => ({ row: `month#${minute.slice(0, 7)}`, day: minute.slice(8, 10) });

/** What a beat must know of those before it. No row, or no `born`: nothing has beaten yet. */
export interface Live {
  beats: number;
  born?: Minute;
  newest?: Minute;
}

export type Row = Record<string, unknown>;

/** @throws MalformedRowError naming the row and the attribute */
export const toLive = (row: Row | undefined): Live => {
  const live: Live = { beats: toCount(LIVE, "beats", row?.["beats"] ?? 0) };
  if (row?.["born"] === undefined && row?.["newest"] === undefined) return live;
  return { ...live, born: toMinute("born", row["born"]), newest: toMinute("newest", row["newest"]) };
};

/** A count as stored. @throws MalformedRowError unless a whole number, 0 or more */
export const toCount = (row: string, attribute: string, value: unknown): number => {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new MalformedRowError(`row ${row}: ${attribute} is no count: ${JSON.stringify(value)}`);
};

const toMinute = (attribute: string, value: unknown): Minute => {
  const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
  if (typeof value === "string" && !Number.isNaN(time) && minuteAt(time) === value) return value;
  throw new MalformedRowError(`row ${LIVE}: ${attribute} is no minute: ${JSON.stringify(value)}`);
};
