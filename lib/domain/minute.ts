/** A UTC minute such as `2026-11-23T22:40Z`. As text it sorts as it does in time. */
export type Minute = string;

/** A UTC day such as `2026-11-23`. */
export type Day = string;

export const MINUTES_A_DAY = 1_440;

/** The minute that holds `time`, in ms since the epoch. */
export const minuteAt = (time: number): Minute => `${new Date(time).toISOString().slice(0, 16)}Z`;

/** The day that holds `time`, in ms since the epoch. */
export const dayAt = (time: number): Day => new Date(time).toISOString().slice(0, 10);

/** The first millisecond of `minute`, since the epoch. */
export const startOf = (minute: Minute): number => Date.parse(minute);

/** Minutes since the epoch, to reckon with. */
export const toIndex = (minute: Minute): number => startOf(minute) / 60_000;

export const fromIndex = (index: number): Minute => minuteAt(index * 60_000);

export const minuteBefore = (minute: Minute): Minute => fromIndex(toIndex(minute) - 1);

export const minuteAfter = (minute: Minute): Minute => fromIndex(toIndex(minute) + 1);

/** `time`, in ms since the epoch, to the second, as RFC 3339 writes it in UTC. */
export const momentAt = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;

export const isMinute = (value: unknown): value is Minute => {
  const start = typeof value === "string" ? startOf(value) : Number.NaN;
  return !Number.isNaN(start) && minuteAt(start) === value;
};
