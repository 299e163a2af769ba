import { type Minute, minuteAt } from "../domain/minute.ts";
import { formatValue } from "../text/format-value.ts";

/** EventBridge's clock can be ahead of the function's. */
const CLOCK_SKEW_MS = 120_000;
const UTC_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/;

/**
 * The slot of a scheduled event: its time floored to `every` minutes. An event without data, `{}` from `sls invoke` or
 * `""` from `sls invoke local`, is a beat of the current slot. `now` in milliseconds since the epoch.
 * @throws TypeError that names field and value if the event has no valid UTC time, or one over 2 minutes ahead of `now`
 */
export const eventMinute = (event: unknown, now: number, every = 1): Minute => {
  if (event === "") return minuteAt(now, every);
  if (typeof event !== "object" || event === null || Array.isArray(event)) {
    throw new TypeError(`event must be an object with a time, not ${formatValue(event)}`);
  }
  if (Object.keys(event).length === 0) return minuteAt(now, every);
  const time = "time" in event ? event.time : undefined;
  const at = typeof time === "string" ? parseTime(time) : undefined;
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
  return minuteAt(at, every);
};

const parseTime = (text: string): number | undefined => {
  const at = UTC_TIME.test(text) ? Date.parse(text) : Number.NaN;
  // Date.parse accepts 30 February and 24:00 as a time of the next day; only a valid time is formatted unchanged.
  const isValid = !Number.isNaN(at) && new Date(at).toISOString().startsWith(text.slice(0, 19));
  return isValid ? at : undefined;
};
