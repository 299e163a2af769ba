import { lengthOfTime } from "../../display/format.ts";
import { type Minute, minuteAfter } from "../../domain/minute.ts";
import { type Html, html } from "../../reply/html.ts";
import type { Pulse, State } from "../../schemas/status.ts";

/** The headline and the sentence of each state, for the function and for the script of the page. */
export const WORDS: Record<State | "unknown", { word: string; sentence: string }> = {
  new: { word: "New", sentence: "No beat has been recorded yet." },
  up: { word: "Up", sentence: "A beat is recorded every {slot}." },
  late: { word: "Late", sentence: "A beat is overdue." },
  down: { word: "Down", sentence: "Beats have stopped arriving." },
  paused: { word: "Paused", sentence: "Beats are not counted, on purpose." },
  unknown: { word: "Unknown", sentence: "The beats cannot be read at the moment." },
};

/** The same for the script, as lists, because the page has a limit of bytes. */
export const WORD_LISTS = Object.fromEntries(
  Object.entries(WORDS).map(([state, { word, sentence }]) => [state, [word, sentence]]),
);

/** The sentence of a pause that has a reason. The reason follows it. */
export const PAUSED_FOR = "Beats are not counted, on purpose: ";

// The script of the page contains the following functions up to `range` as text. They use no other names, and only the
// syntax of Safari 12.

export const sentenceOf = (sentence: string, every: number): string =>
  sentence.replace("{slot}", every === 1 ? "minute" : `${every} minutes`);

/** When the state began. With nothing missed, an up state has lasted since the first beat. */
export const startOfState = (
  state: State,
  { since, born, missed, lateAt, downAt }: Pick<Pulse, "since" | "born" | "missed" | "lateAt" | "downAt">,
): string | null => {
  if (state === "late") return lateAt;
  if (state === "down") return downAt;
  return state === "up" && missed === 0 ? born : since;
};

/**
 * The line below the sentence. `start` and `age`, in words: the time the state began, and how long ago that is. `outage`,
 * in words: the length of the outage of the last 24 hours that the state ended, or empty.
 */
export const sinceLine = (
  state: string,
  { start, age, outage, atLeast }: { start: string; age: string; outage: string; atLeast: boolean },
): string => {
  if (state === "up" && outage) return `Recovered ${age} ago, after ${outage}. Up since ${start}`;
  const least = state === "up" && atLeast ? "at least " : "";
  return `since ${least}${start}, for ${least}${age}`;
};

/** The minutes from `from` to before `end`, for `range`. A single minute needs no end. */
export const period = (from: Minute, end: Minute) => ({ from, to: minuteAfter(from) === end ? from : end });

/** The times of a period. The date appears once if both have the same. */
export const range = ({ from, to }: { from: string; to: string }): string => {
  const [a = "", b = ""] = [from, to].map((time) => time.slice(0, 16).replace("T", " "));
  if (a === b) return a;
  return `${a} – ${a.slice(0, 10) === b.slice(0, 10) ? b.slice(11) : b}`;
};

/** Such as "2 h 5 min", with spaces at which a line cannot break. */
export const lengthOfMinutes = (count: number): string =>
  lengthOfTime(count * 60_000).replaceAll(" ", "\u00a0");

/** The age of a moment in whole minutes: `now` without its seconds, less the moment. */
export const ageInMinutes = (from: string, now: string): string => {
  const minutes = Math.floor((Date.parse(`${now.slice(0, 16)}Z`) - Date.parse(from)) / 60_000);
  return minutes < 1 ? "less than a minute" : lengthOfMinutes(minutes);
};

/** Minutes with their date, in UTC. The script of the page adds the local time. */
export const times = ({ from, to = from }: { from: string; to?: string }): Html =>
  html`<time datetime="${from}"${to === from ? html`` : html` data-to="${to}"`}>${range({ from, to })} UTC</time>`;

/** The time of a minute without its date. The script of the page replaces it by the local time and that in UTC. */
export const clock = (minute: string): Html =>
  html`<time class="clock" datetime="${minute}">${timeOfDay(minute)} UTC</time>`;

/** The time of a minute as a figure. The script of the page replaces it by the local time. */
export const shortClock = (minute: string): Html =>
  html`<time class="short" datetime="${minute}">${timeOfDay(minute)}</time>`;

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${numeral(count)} ${count === 1 ? one : many}`;

export const numeral = (count: number): string => count.toLocaleString("en-US");

/** Whole seconds as minutes and seconds, such as "2 minutes 30 seconds". */
export const duration = (seconds: number): string => {
  const whole = plural(Math.floor(seconds / 60), "minute");
  const rest = plural(seconds % 60, "second");
  if (seconds < 60) return rest;
  return seconds % 60 === 0 ? whole : `${whole} ${rest}`;
};

/** Milliseconds as seconds, such as "0.9 s". */
export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)}\u00a0s`;

/** `22:40` of a minute or a moment. */
export const timeOfDay = (time: string): string => time.slice(11, 16);

export const percent = (uptime: number | null): string => (uptime === null ? "–" : `${uptime} %`);
