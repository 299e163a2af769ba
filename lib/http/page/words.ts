import type { State } from "../../schemas/status.ts";

/** The headline and the sentence of each state, for the function and for the script of the page. */
export const WORDS: Record<State | "unknown", { word: string; sentence: string }> = {
  new: { word: "New", sentence: "No beat has been recorded yet." },
  up: { word: "Up", sentence: "A beat is recorded every minute." },
  late: { word: "Late", sentence: "A beat is overdue." },
  down: { word: "Down", sentence: "No beat has arrived for several minutes." },
  paused: { word: "Paused", sentence: "Beats are not counted, on purpose." },
  unknown: { word: "Unknown", sentence: "The beats cannot be read at the moment." },
};

/** The sentence of a pause that has a reason. The reason follows it. */
export const PAUSED_FOR = "Beats are not counted, on purpose: ";

const plural = (count: number, one: string, many: string): string =>
  `${numeral(count)} ${count === 1 ? one : many}`;

export const numeral = (count: number): string => count.toLocaleString("en-US");

export const minutes = (count: number): string => plural(count, "minute", "minutes");

/** Whole seconds as minutes and seconds, such as "2 minutes 30 seconds". */
export const duration = (seconds: number): string => {
  const whole = minutes(Math.floor(seconds / 60));
  const rest = plural(seconds % 60, "second", "seconds");
  if (seconds < 60) return rest;
  return seconds % 60 === 0 ? whole : `${whole} ${rest}`;
};

/** `2026-11-23 22:40` of a minute or a moment. */
export const dateAndTime = (time: string): string => time.slice(0, 16).replace("T", " ");

/** `22:40` of a minute or a moment. */
export const timeOfDay = (time: string): string => time.slice(11, 16);

/** The first and the last of some missed minutes. The date appears once if both have the same. */
export const range = ({ from, to }: { from: string; to: string }): string => {
  if (from === to) return dateAndTime(from);
  const sameDay = from.slice(0, 10) === to.slice(0, 10);
  return `${dateAndTime(from)} – ${sameDay ? timeOfDay(to) : dateAndTime(to)}`;
};

export const percent = (uptime: number | null): string => (uptime === null ? "–" : `${uptime} %`);

/** A length of time in its two largest units, such as "2 h 9 min". */
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

const MAX_SHORT = 80;

/** The first 80 characters of a reason. */
export const shorten = (reason: string): string => {
  const characters = [...reason];
  return characters.length <= MAX_SHORT ? reason : `${characters.slice(0, MAX_SHORT).join("")}…`;
};
