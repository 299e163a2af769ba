import { fromIndex, toIndex } from "../../domain/minute.ts";
import type { Tally } from "../../domain/tally.ts";
import { type Mark, spansOf } from "../../domain/timeline.ts";
import { type Html, html } from "../../reply/html.ts";
import type { Series } from "../../schemas/status.ts";
import { dateAndTime, numeral, timeOfDay } from "./words.ts";

/** A minute is 10 wide, the height is 100; all is drawn from the middle. */
const STEPS: Record<"beat" | "flat" | "skip", string> = {
  beat: "h3l1-42 2 66 1-24h3",
  flat: "h10",
  skip: "m10 0",
};

/** The last 60 minutes as a pulse: a beat is a spike, and where none came the line is flat. */
export const trace = (series: Series["minutes"]): Html =>
  html`<svg viewBox="0 0 600 100" preserveAspectRatio="none" role="img" aria-label="${traceInWords(series)}">${[
    line(series.marks, "quiet", "flat", [null, "covered", "pending"]),
    line(series.marks, "beats", "beat", ["beaten"]),
    line(series.marks, "gaps", "flat", ["missed"]),
  ]}</svg>`;

/** Of a heart of which nothing is known. */
export const noTrace = (): Html =>
  html`<svg viewBox="0 0 600 100" preserveAspectRatio="none" aria-hidden="true">${line(Array(60).fill(null), "quiet", "flat", [null])}</svg>`;

const line = (
  marks: readonly (Mark | null)[],
  name: string,
  step: keyof typeof STEPS,
  those: readonly (Mark | null)[],
): Html => {
  const steps = marks.map((mark) => STEPS[those.includes(mark) ? step : "skip"]).join("");
  // Where all are skipped there is nothing to draw.
  return html`<path class="${name}" d="M0 56${marks.some((mark) => those.includes(mark)) ? steps : ""}"/>`;
};

const traceInWords = ({ from, marks }: Series["minutes"]): string => {
  const first = toIndex(from);
  const markOf = (minute: number) => marks[minute - first] ?? undefined;
  const time = (minute: number) => timeOfDay(fromIndex(minute));
  const spans = spansOf({ markOf }, { from: first, to: first + marks.length - 1 }, "missed");
  const beaten = marks.filter((mark) => mark === "beaten").length;
  const missed = spans.map((span) =>
    span.from === span.to ? time(span.from) : `${time(span.from)} – ${time(span.to)}`,
  );

  return `Of the last 60 minutes ${numeral(beaten)} beat; ${missed.length === 0 ? "none was missed" : `missed: ${missed.join(", ")}`}.`;
};

export const hourBars = (hours: Series["hours"]): Html =>
  bars(
    hours,
    ({ from }) => `${dateAndTime(from)} – ${timeOfDay(fromIndex(toIndex(from) + 59))}`,
    "Beats of each of the last 24 hours",
  );

export const dayBars = (days: Series["days"]): Html =>
  bars(days, ({ from }) => from, "Beats of each of the last 90 days");

/** Each bar is its own text alternative, shown when it is pointed at or focused. */
const bars = <Bar extends Tally>(all: readonly Bar[], when: (bar: Bar) => string, label: string): Html =>
  html`<ol class="bars" aria-label="${label}">${all.map(
    (bar) => html`<li class=b${heightOf(bar)} tabindex=0><i>${when(bar)}: ${inWords(bar)}</i>`,
  )}</ol>`;

/** In tenths; 10 only where nothing was missed, n where nothing was expected. */
const heightOf = ({ beaten, missed }: Tally): string =>
  beaten + missed === 0 ? "n" : String(Math.floor((beaten * 10) / (beaten + missed)));

const inWords = ({ beaten, missed }: Tally): string =>
  beaten + missed === 0 ? "nothing expected" : `${numeral(beaten)} of ${numeral(beaten + missed)} beat`;
