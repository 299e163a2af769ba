import { formatValue } from "../domain/format-value.ts";
import { type Minute, minuteAt } from "../domain/minute.ts";

/** How far EventBridge's clock may be ahead of the function's. */
const CLOCK_SKEW_MS = 120_000;
const UTC_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/;

/**
 * The minute of a scheduled event. An invocation without data (`{}` from `sls invoke`, `""` from `sls invoke local`) means
 * the minute of `now`.
 * @throws TypeError naming the field and its value, for any other event without a valid UTC time
 */
export const eventMinute = (event: unknown, now: number): Minute => {
  if (event === "") return minuteAt(now);
  if (typeof event !== "object" || event === null || Array.isArray(event)) {
    throw new TypeError(`event must be an object with a time, not ${formatValue(event)}`);
  }
  if (Object.keys(event).length === 0) return minuteAt(now);
  const time = "time" in event ? event.time : undefined;
  const at = typeof time === "string" ? timeIn(time) : undefined;
  if (at === undefined) {
    throw new TypeError(
      `event.time must be a real UTC time like 2026-11-23T22:40:00Z, not ${formatValue(time)}`,
    );
  }
  if (at > now + CLOCK_SKEW_MS) {
    throw new TypeError(
      `event.time must not be over 2 minutes ahead of this function's clock, ${new Date(now).toISOString()}: ${formatValue(time)}`,
    );
  }
  return minuteAt(at);
};

const timeIn = (text: string): number | undefined => {
  const at = UTC_TIME.test(text) ? Date.parse(text) : Number.NaN;
  // Date.parse accepts 30 February and 24:00 as the day after; only an existing time is unchanged by the round trip.
  const real = !Number.isNaN(at) && new Date(at).toISOString().startsWith(text.slice(0, 19));
  return real ? at : undefined;
};
