/** A UTC minute such as `2026-11-23T22:40Z`. Text order is order of time. */
export type Minute = string;

/** A UTC day such as `2026-11-23`. */
export type Day = string;

export const MINUTES_A_DAY = 1_440;

/** The minute that contains `time`, in milliseconds since the epoch. */
export const minuteAt = (time: number): Minute => `${new Date(time).toISOString().slice(0, 16)}Z`;

/** The day that contains `time`, in milliseconds since the epoch. */
export const dayAt = (time: number): Day => new Date(time).toISOString().slice(0, 10);

/** The start of `minute`, in milliseconds since the epoch. */
export const startOf = (minute: Minute): number => Date.parse(minute);

/** The number of whole minutes from the epoch to `minute`. */
export const toIndex = (minute: Minute): number => startOf(minute) / 60_000;

export const fromIndex = (index: number): Minute => minuteAt(index * 60_000);

export const minuteBefore = (minute: Minute): Minute => fromIndex(toIndex(minute) - 1);

export const minuteAfter = (minute: Minute): Minute => fromIndex(toIndex(minute) + 1);

/** Formats `time`, in milliseconds since the epoch, as RFC 3339 in UTC without a fraction. */
export const momentAt = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;

export const isMinute = (value: unknown): value is Minute => {
  const start = typeof value === "string" ? startOf(value) : Number.NaN;
  return !Number.isNaN(start) && minuteAt(start) === value;
};
