import type { State } from "../../schemas/status.ts";

/** What the page says of each state, by whoever draws it: the function, or the page's own clock. */
export const WORDS: Record<State | "unknown", { word: string; said: string }> = {
  new: { word: "New", said: "The heart has not beaten yet." },
  up: { word: "Up", said: "The heart beats, every minute." },
  late: { word: "Late", said: "A beat is overdue." },
  down: { word: "Down", said: "The heart has stopped." },
  paused: { word: "Paused", said: "Beats are not counted, on purpose." },
  unknown: { word: "Unknown", said: "The beats can’t be read at the moment, so nobody can tell." },
};

/** What it says instead of a pause whose reason follows. */
export const PAUSED_FOR = "Beats are not counted, on purpose: ";

const plural = (count: number, one: string, many: string): string =>
  `${numeral(count)} ${count === 1 ? one : many}`;

export const numeral = (count: number): string => count.toLocaleString("en-US");

export const minutes = (count: number): string => plural(count, "minute", "minutes");

/** Whole seconds as minutes and seconds, such as "2 minutes 30 seconds". */
export const duration = (seconds: number): string => {
  const parts = [
    ...(seconds < 60 ? [] : [minutes(Math.floor(seconds / 60))]),
    ...(seconds % 60 === 0 ? [] : [plural(seconds % 60, "second", "seconds")]),
  ];
  return parts.join(" ");
};

/** `2026-11-23 22:40` of a minute or a moment. */
export const dateAndTime = (time: string): string => time.slice(0, 16).replace("T", " ");

/** `22:40` of a minute or a moment. */
export const timeOfDay = (time: string): string => time.slice(11, 16);

/** Missed minutes from the first to the last; the day is told once. */
export const range = ({ from, to }: { from: string; to: string }): string => {
  if (from === to) return dateAndTime(from);
  const sameDay = from.slice(0, 10) === to.slice(0, 10);
  return `${dateAndTime(from)} – ${sameDay ? timeOfDay(to) : dateAndTime(to)}`;
};

export const percent = (uptime: number | null): string => (uptime === null ? "–" : `${uptime} %`);
