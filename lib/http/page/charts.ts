import { fromIndex, minuteAfter, toIndex } from "../../domain/minute.ts";
import { type Mark, spansOf } from "../../domain/timeline.ts";
import { type Html, html } from "../../reply/html.ts";
import type { Series } from "../../schemas/status.ts";
import { clock, lengthOfMinutes, numeral, percent, period, plural, range, timeOfDay } from "./words.ts";

/** The width of one minute in the trace. */
const WIDTH = 10;
/** The path of some minutes. The chart is 16 units high; a path starts at the height of the flat line. */
const STEPS = {
  beat: (minutes: number) => "h3l1-9 2 14 1-5h3".repeat(minutes),
  flat: (minutes: number) => `h${minutes * WIDTH}`,
};

/** Draws the last 60 beats: a spike for each beat, a flat line where one is missing. `every`: minutes for each beat. */
export const trace = (series: Series["minutes"], every: number): Html =>
  html`<svg viewBox="0 2 600 16" preserveAspectRatio="none" role="img" aria-label="${describeTrace(series, every)}">${[
    line(series.marks, "quiet", "flat", [null, "pending"]),
    line(series.marks, "covered", "flat", ["covered"]),
    line(series.marks, "beats", "beat", ["beaten"]),
    line(series.marks, "gaps", "flat", ["missed"]),
  ]}</svg>`;

/** Draws a flat line, for a page whose state is unknown. */
export const noTrace = (): Html =>
  html`<svg viewBox="0 2 600 16" preserveAspectRatio="none" aria-hidden="true">${line(Array(60).fill(null), "quiet", "flat", [null])}</svg>`;

const line = (
  marks: readonly (Mark | null)[],
  name: string,
  step: keyof typeof STEPS,
  drawn: readonly (Mark | null)[],
): Html => {
  const isDrawn = marks.map((mark) => drawn.includes(mark));
  // A path that only moves would draw nothing, so it is omitted.
  if (!isDrawn.includes(true)) return html``;
  return html`<path class="${name}" d="M0 12${stepsOf(isDrawn, STEPS[step], WIDTH)}"/>`;
};

/** The steps of a path: each run of true is drawn, and each run of false is a move of `width` for each of its items. */
export const stepsOf = (
  isDrawn: readonly boolean[],
  draw: (length: number) => string,
  width: number,
): string => {
  const runs: { drawn: boolean; length: number }[] = [];
  for (const drawn of isDrawn) {
    const run = runs.at(-1);
    if (run?.drawn === drawn) run.length++;
    else runs.push({ drawn, length: 1 });
  }
  return runs.map(({ drawn, length }) => (drawn ? draw(length) : `m${length * width} 0`)).join("");
};

const describeTrace = ({ from, marks }: Series["minutes"], every: number): string => {
  const time = (position: number) => fromIndex(toIndex(from) + position * every);
  const markOf = (position: number) => marks[position] ?? undefined;
  const ranges = (mark: Mark) =>
    spansOf({ markOf }, { from: 0, to: marks.length - 1 }, mark)
      .map((span) => range(period(time(span.from), time(span.to + 1))).replace(/\d{4}-\d\d-\d\d /g, ""))
      .join(", ");
  const beaten = marks.filter((mark) => mark === "beaten").length;
  const [missed, paused] = [ranges("missed"), ranges("covered")];

  const slots = every === 1 ? "60 minutes" : `${marks.length} beats, one every ${every} minutes,`;
  const rest = missed === "" ? "none was missed" : `missed: ${missed}`;
  return `${numeral(beaten)} of the last ${slots} were counted; ${rest}${paused === "" ? "" : `; paused: ${paused}`}.`;
};

export const hourBars = (hours: Series["hours"]): Html =>
  bars(
    hours.map((hour) => ({
      ...hour,
      page: `${hour.from.slice(0, 10)}#h${hour.from.slice(11, 13)}`,
      when: `${timeOfDay(hour.from)} – ${timeOfDay(minuteAfter(hour.from, 60))} UTC`,
    })),
    "hours",
    "Beats in each of the last 24 hours",
  );

export const dayBars = (days: Series["days"]): Html =>
  bars(
    days.map((day) => ({ ...day, page: day.from, when: day.from })),
    "days",
    "Beats on each of the last 90 days",
  );

type Bar = Series["days"][number] & { page: string; when: string };

/** Each bar links to the page of its day. It contains its description, which is shown when the bar is hovered or focused. */
const bars = (all: readonly Bar[], name: string, label: string): Html =>
  html`<ol class="bars ${name}" aria-label="${label}">${all.map(
    (bar) =>
      html`<li${classesOf(bar)}><a href="?day=${bar.page}"><i>${bar.when}: ${describeTally(bar)}</i></a>`,
  )}</ol>`;

/** The number of steps of a full bar; one is 4 %. */
const STEPS_OF_BAR = 25;
/** The least height of a part of a bar, 8 %, so that a single missed minute can be seen. */
const LEAST = 2;

/** The heights of the missed and the paused part, as class names. The rest of the bar is the counted part. */
const classesOf = ({ beaten, missed, covered }: Bar): Html => {
  const all = beaten + missed + covered;
  if (all === 0) return html` class=n`;
  const heightOf = (part: number) =>
    part === 0 ? 0 : LEAST + Math.round((part / all) * (STEPS_OF_BAR - LEAST));
  // Each part that is not empty keeps its least height.
  const red = Math.min(heightOf(missed), STEPS_OF_BAR - (beaten > 0 ? LEAST : 0) - (covered > 0 ? LEAST : 0));
  const rest = STEPS_OF_BAR - red;
  const blue = beaten === 0 && covered > 0 ? rest : Math.min(heightOf(covered), rest - LEAST);
  const names = [red > 0 ? `m${red}` : "", blue > 0 ? `p${blue}` : ""].filter((name) => name !== "");
  if (names.length > 1) return html` class="${names.join(" ")}"`;
  return names.length === 0 ? html`` : html` class=${names.join("")}`;
};

const describeTally = ({ beaten, missed, covered }: Bar): string => {
  const paused = covered === 0 ? [] : [`${lengthOfMinutes(covered)} paused`];
  const counted = `${numeral(beaten)} of ${numeral(beaten + missed)} counted`;
  if (beaten + missed === 0) return paused[0] ?? "not measured";
  return [counted, ...paused].join(", ");
};

/** The title of a chart with the uptime of its time. */
export const heading = (title: string, uptime: number | null): Html =>
  html`<div class="heading"><h2>${title}</h2>${uptime === null ? html`` : html`<p>${percent(uptime)} <span>uptime</span></p>`}</div>`;

/** The ends of the time axis of a chart. */
export const axis = (from: Html | string, to: string): Html =>
  html`<p class="axis"><span>${from}</span><span>${to}</span></p>`;

export const hourAxis = (hours: Series["hours"]): Html =>
  axis(hours[0] === undefined ? "" : clock(hours[0].from), "now");

export const dayAxis = (days: Series["days"]): Html => axis(days[0]?.from ?? "", "today, UTC");

/** Explains the colors of a chart. `none`: the meaning of the color of the background. */
export const legend = (none: string): Html =>
  html`<p class="key"><span class="beats">counted</span><span class="gaps">missed</span><span class="covered">paused</span><span class="none">${none}</span></p>`;

/** The time that the trace covers, such as "60 minutes" or "5 hours". */
export const traceLength = ({ marks }: Series["minutes"], every: number): string => {
  const minutes = marks.length * every;
  return minutes % 60 === 0 && minutes > 60 ? plural(minutes / 60, "hour") : plural(minutes, "minute");
};
