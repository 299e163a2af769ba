import { fromIndex, isMinute, MINUTES_A_DAY, toIndex } from "../domain/minute.ts";

/** The step of a history. A position is the number of a slot, an hour or a day since the epoch. */
export interface Granularity {
  name: "minute" | "hour" | "day";
  minutes: number;
  /** The default and the maximum of items per page. A week of hour rows costs 16 read units. */
  defaultLimit: number;
  maxLimit: number;
}

export const GRANULARITIES: readonly Granularity[] = [
  { name: "minute", minutes: 1, defaultLimit: 60, maxLimit: 1_440 },
  { name: "hour", minutes: 60, defaultLimit: 24, maxLimit: 168 },
  { name: "day", minutes: MINUTES_A_DAY, defaultLimit: 30, maxLimit: 366 },
];

/** The granularity with this name; `minute` means slots of `every` minutes. */
export const granularityOf = (name: string, every: number): Granularity | undefined => {
  const step = GRANULARITIES.find((each) => each.name === name);
  return step?.name === "minute" ? { ...step, minutes: every } : step;
};

/** The first minute that can be written with a year of four digits. */
export const BEGINNING = toIndex("0000-01-01T00:00Z");

/** The position that contains a minute. `index` is the minute since the epoch. */
export const positionOf = ({ minutes }: Granularity, index: number): number => Math.floor(index / minutes);

/** The name of a position: of an hour its first minute, of a day the date, such as `2026-11-23`. */
export const nameOf = ({ name, minutes }: Granularity, position: number): string => {
  const minute = fromIndex(position * minutes);
  return name === "day" ? minute.slice(0, 10) : minute;
};

/** The position with this name, or undefined if there is none. */
export const positionNamed = (step: Granularity, text: string): number | undefined => {
  const minute = step.name === "day" ? `${text}T00:00Z` : text;
  const position = isMinute(minute) ? positionOf(step, toIndex(minute)) : undefined;
  return position !== undefined && nameOf(step, position) === text ? position : undefined;
};
