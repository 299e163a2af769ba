import { type Minute, minuteAt } from "./minute.ts";

/** EventBridge's clock may run ahead of the function's by this much. */
const CLOCK_SKEW_MS = 120_000;
const UTC_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?Z$/;

/**
 * The minute that a scheduled event asks to count. No data, `{}` from `sls invoke` or `""` from
 * `sls invoke local`, means the minute of `now`.
 * @throws TypeError naming the field and its value, when the event is anything else than a real UTC time
 */
export const minuteOf = (event: unknown, now: number): Minute => {
  if (event === "") return minuteAt(now);
  if (typeof event !== "object" || event === null || Array.isArray(event)) {
    throw new TypeError(`event must be an object with a time, not ${show(event)}`);
  }
  if (Object.keys(event).length === 0) return minuteAt(now);
  const time = "time" in event ? event.time : undefined;
  const at = typeof time === "string" && UTC_TIME.test(time) ? Date.parse(time) : Number.NaN;
  // Date.parse takes 30 February and 24:00 for the day after: only a real time comes back unchanged.
  if (
    Number.isNaN(at) ||
    typeof time !== "string" ||
    !new Date(at).toISOString().startsWith(time.slice(0, 19))
  ) {
    throw new TypeError(`event.time must be a real UTC time like 2026-11-23T22:40:00Z, not ${show(time)}`);
  }
  if (at > now + CLOCK_SKEW_MS) {
    throw new TypeError(
      `event.time must not be over 2 minutes ahead of this function's clock, ${new Date(now).toISOString()}: ${show(time)}`,
    );
  }
  return minuteAt(at);
};

const show = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
};
