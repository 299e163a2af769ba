import { charactersOf } from "../text/characters.ts";

/** `2026-11-23 22:40` of a minute or a moment. */
export const dateAndTime = (time: string): string => time.slice(0, 16).replace("T", " ");

/**
 * A length of time in its two largest units, such as "2 h 9 min". The script of the page contains this function as text,
 * so it uses no other names, and only the syntax of Safari 12.
 */
export const lengthOfTime = (ms: number): string => {
  const seconds = Math.floor(ms / 1_000);
  const units = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ] as const;
  const first = units.findIndex(([count]) => count > 0);
  const shown = units.slice(first, first + 2).filter(([count]) => count > 0);
  return first === -1 ? "0 s" : shown.map(([count, unit]) => `${count} ${unit}`).join(" ");
};

const MAX_SHORT = 60;

/** The first 60 characters of a reason. */
export const shorten = (reason: string): string => {
  const characters = charactersOf(reason);
  return characters.length <= MAX_SHORT ? reason : `${characters.slice(0, MAX_SHORT).join("")}…`;
};
