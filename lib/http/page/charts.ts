import { fromIndex, toIndex } from "../../domain/minute.ts";
import type { Tally } from "../../domain/tally.ts";
import { type Mark, spansOf } from "../../domain/timeline.ts";
import { type Html, html } from "../../reply/html.ts";
import type { Series } from "../../schemas/status.ts";
import { dateAndTime, numeral, timeOfDay } from "./words.ts";

/** The path of one minute, 10 units wide. The chart is 100 units high; a path starts at the height of the flat line. */
const STEPS: Record<"beat" | "flat" | "skip", string> = {
  beat: "h3l1-42 2 66 1-24h3",
  flat: "h10",
  skip: "m10 0",
};

/** Draws the last 60 minutes: a spike for each beat, a flat line for each minute without one. */
export const trace = (series: Series["minutes"]): Html =>
  html`<svg viewBox="0 0 600 100" preserveAspectRatio="none" role="img" aria-label="${describeTrace(series)}">${[
    line(series.marks, "quiet", "flat", [null, "covered", "pending"]),
    line(series.marks, "beats", "beat", ["beaten"]),
    line(series.marks, "gaps", "flat", ["missed"]),
  ]}</svg>`;

/** Draws a flat line, for a page whose state is unknown. */
export const noTrace = (): Html =>
  html`<svg viewBox="0 0 600 100" preserveAspectRatio="none" aria-hidden="true">${line(Array(60).fill(null), "quiet", "flat", [null])}</svg>`;

const line = (
  marks: readonly (Mark | null)[],
  name: string,
  step: keyof typeof STEPS,
  drawn: readonly (Mark | null)[],
): Html => {
  const steps = marks.map((mark) => STEPS[drawn.includes(mark) ? step : "skip"]).join("");
  // A path that only moves would draw nothing, so it is omitted.
  return html`<path class="${name}" d="M0 56${marks.some((mark) => drawn.includes(mark)) ? steps : ""}"/>`;
};

const describeTrace = ({ from, marks }: Series["minutes"]): string => {
  const first = toIndex(from);
  const markOf = (minute: number) => marks[minute - first] ?? undefined;
  const time = (minute: number) => timeOfDay(fromIndex(minute));
  const spans = spansOf({ markOf }, { from: first, to: first + marks.length - 1 }, "missed");
  const beaten = marks.filter((mark) => mark === "beaten").length;
  const missed = spans.map((span) =>
    span.from === span.to ? time(span.from) : `${time(span.from)} – ${time(span.to)}`,
  );

  const rest = missed.length === 0 ? "none was missed" : `missed: ${missed.join(", ")}`;
  return `${numeral(beaten)} of the last 60 minutes were counted; ${rest}.`;
};

export const hourBars = (hours: Series["hours"]): Html =>
  bars(
    hours,
    ({ from }) => `${dateAndTime(from)} – ${timeOfDay(fromIndex(toIndex(from) + 59))}`,
    "Beats in each of the last 24 hours",
  );

export const dayBars = (days: Series["days"]): Html =>
  bars(days, ({ from }) => from, "Beats on each of the last 90 days");

/** Each bar contains its description, which is shown when the bar is hovered or focused. */
const bars = <Bar extends Tally>(all: readonly Bar[], when: (bar: Bar) => string, label: string): Html =>
  html`<ol class="bars" aria-label="${label}">${all.map(
    (bar) => html`<li class=b${heightOf(bar)} tabindex=0><i>${when(bar)}: ${describeTally(bar)}</i>`,
  )}</ol>`;

/** The height in tenths: 10 only if nothing was missed, and n if nothing was expected. */
const heightOf = ({ beaten, missed }: Tally): string =>
  beaten + missed === 0 ? "n" : String(Math.floor((beaten * 10) / (beaten + missed)));

const describeTally = ({ beaten, missed }: Tally): string =>
  beaten + missed === 0 ? "nothing expected" : `${numeral(beaten)} of ${numeral(beaten + missed)} counted`;
