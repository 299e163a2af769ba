/** A UTC minute such as `2026-11-23T22:40Z`. Text order is order of time. A slot is named by its first minute. */
export type Minute = string;

/** A UTC day such as `2026-11-23`. */
export type Day = string;

export const MINUTES_A_DAY = 1_440;

/** The minute, or the slot of `every` minutes, that contains `time`, in milliseconds since the epoch. */
export const minuteAt = (time: number, every = 1): Minute =>
  `${new Date(slotAt(time, every) * every * 60_000).toISOString().slice(0, 16)}Z`;

/** The day that contains `time`, in milliseconds since the epoch. */
export const dayAt = (time: number): Day => new Date(time).toISOString().slice(0, 10);

/** The day that is `count` days after `day`, or before it if `count` is negative. */
export const addDays = (day: Day, count: number): Day => dayAt(startOf(`${day}T00:00Z`) + count * 86_400_000);

/** The start of `minute`, in milliseconds since the epoch. */
export const startOf = (minute: Minute): number => Date.parse(minute);

/** The number of the slot of `every` minutes, counted from the epoch, that contains `time`, in milliseconds. */
export const slotAt = (time: number, every: number): number => Math.floor(time / (every * 60_000));

/** The number of whole minutes, or of whole slots of `every` minutes, from the epoch to `minute`. */
export const toIndex = (minute: Minute, every = 1): number => slotAt(startOf(minute), every);

/** Reverses `toIndex`. */
export const fromIndex = (index: number, every = 1): Minute => minuteAt(index * every * 60_000);

export const minuteBefore = (minute: Minute): Minute => fromIndex(toIndex(minute) - 1);

export const minuteAfter = (minute: Minute, every = 1): Minute =>
  fromIndex(toIndex(minute, every) + 1, every);

/** Formats `time`, in milliseconds since the epoch, as RFC 3339 in UTC without a fraction. */
export const momentAt = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;

export const isMinute = (value: unknown): value is Minute => {
  const start = typeof value === "string" ? startOf(value) : Number.NaN;
  return !Number.isNaN(start) && minuteAt(start) === value;
};
