import { MalformedRowError } from "./beat-store.ts";
import { isMinute, type Minute } from "./minute.ts";
import { show } from "./show.ts";

/**
 * One partition, so that one Query can take neighbouring rows together (docs/adr/0003):
 *
 *     hour#2026-11-23T22   00…59 = lateness in ms of each beaten minute
 *     live                 beats; born; newest (of the minutes since born); early (beats before born)
 *     month#2026-11        01…31 = beats of each day; early01…early31 = those of minutes before born
 */
export const PARTITION = "heart";
export const LIVE = "live";

/** Where a minute is marked. */
export const hourOf = (minute: Minute) => ({
  row: `hour#${minute.slice(0, 13)}`,
  attribute: minute.slice(14, 16),
});

/** Where a minute's day is summed. */
export const dayOf = (minute: Minute) => ({
  row: `month#${minute.slice(0, 7)}`,
  attribute: minute.slice(8, 10),
});

/** A row without its keys. */
export type Row = Record<string, unknown>;

/** What a beat must know of those before it; no `born`: nothing has beaten yet. */
export interface Live {
  beats: number;
  born: Minute | undefined;
  newest: Minute | undefined;
}

/** @throws MalformedRowError naming the attribute */
export const toLive = (row: Row | undefined): Live => ({
  beats: row === undefined ? 0 : toCount("beats", row["beats"]),
  born: toMinute("born", row?.["born"]),
  newest: toMinute("newest", row?.["newest"]),
});

const toCount = (attribute: string, value: unknown): number => {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw malformed(attribute, value);
};

const toMinute = (attribute: string, value: unknown): Minute | undefined => {
  if (value === undefined || isMinute(value)) return value;
  throw malformed(attribute, value);
};

const malformed = (attribute: string, value: unknown) =>
  new MalformedRowError(`row ${LIVE}: ${attribute} has an unexpected value: ${show(value)}`);
