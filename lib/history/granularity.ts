import { fromIndex, isMinute, MINUTES_A_DAY, toIndex } from "../domain/minute.ts";

/** How finely a history is told. A position is a minute, an hour or a day, counted since the epoch. */
export interface Granularity {
  name: "minute" | "hour" | "day";
  minutes: number;
  /** How much of it a page holds, if nothing else is asked, and at most: a week of hour rows is 16 read units. */
  usual: number;
  most: number;
}

export const GRANULARITIES: readonly Granularity[] = [
  { name: "minute", minutes: 1, usual: 60, most: 1_440 },
  { name: "hour", minutes: 60, usual: 24, most: 168 },
  { name: "day", minutes: MINUTES_A_DAY, usual: 30, most: 366 },
];

/** No minute lies before: its year would not be of four digits. */
export const BEGINNING = toIndex("0000-01-01T00:00Z");

/** The position that holds a minute, by its index. */
export const positionOf = ({ minutes }: Granularity, index: number): number => Math.floor(index / minutes);

/** An hour is told by its first minute, a day as `2026-11-23`. */
export const nameOf = ({ name, minutes }: Granularity, position: number): string => {
  const minute = fromIndex(position * minutes);
  return name === "day" ? minute.slice(0, 10) : minute;
};

/** The position of that name; undefined where no position has it. */
export const positionNamed = (step: Granularity, text: string): number | undefined => {
  const minute = step.name === "day" ? `${text}T00:00Z` : text;
  const position = isMinute(minute) ? positionOf(step, toIndex(minute)) : undefined;
  return position !== undefined && nameOf(step, position) === text ? position : undefined;
};
