import { dateAndTime } from "../../display/format.ts";
import { addDays } from "../../domain/minute.ts";
import type { Mark } from "../../domain/timeline.ts";
import type { DayKind, DayReport } from "../../past/day.ts";
import { type Html, html, raw } from "../../reply/html.ts";
import type { RenderContext } from "../../reply/problem.ts";
import { cacheFor, type Reply } from "../../reply/reply.ts";
import { legend, stepsOf } from "./charts.ts";
import { headOf, list, pageHeaders, sourceOf } from "./document.ts";
import { describeLength, pausedPeriod, periodOf } from "./past.ts";
import { STYLE } from "./style.ts";
import { numeral, percent, plural, range, timeOfDay } from "./words.ts";

const DAY_STYLE = `${STYLE}
h1{font-size:clamp(2rem,6vw,3.5rem);line-height:1.1;letter-spacing:-.03em;margin:clamp(1.5rem,4vw,2.5rem) 0 .75rem;color:var(--ink)}
section{margin-top:clamp(1.75rem,4vw,2.5rem)}
table{width:100%;border-collapse:collapse}
th,td{padding:.125rem 0;font-weight:400;text-align:left;vertical-align:middle}
th,td+td{width:1%;white-space:nowrap;color:var(--soft);font-size:.9375rem}
th{padding-right:.75rem}
td+td{padding-left:.75rem;text-align:right}
td svg{height:1.125rem;mask-image:none;background:var(--line);border-radius:2px;overflow:hidden}
td path{stroke-width:10;vector-effect:none;forced-color-adjust:none}
td :is(.gaps,.covered){stroke-width:10}
.pending{stroke:var(--line)}
.key{margin-top:.75rem;font-size:.9375rem}
`.replace(/\s*\n\s*/g, "");

const HEADERS = pageHeaders(`style-src ${sourceOf(DAY_STYLE)}`);

/** In seconds. A past day can still change: a minute can be delivered again two weeks later. */
const CACHE_PAST = 3_600;

/** Renders the page of one day. It contains no current time, so it and its ETag stay the same while nothing changes. */
export const renderDay = (report: DayReport, context: RenderContext): Reply => {
  const reply = cacheFor(
    pageOf(report, context),
    "text/html; charset=utf-8",
    report.hasNext ? CACHE_PAST : 0,
  );
  return { ...reply, headers: { ...reply.headers, ...HEADERS } };
};

const CLASSES: Record<Mark, string> = {
  beaten: "beats",
  missed: "gaps",
  covered: "covered",
  pending: "pending",
};

const SUMMARIES: Record<DayKind, (report: DayReport) => string> = {
  future: () => "This day has not begun.",
  new: () => "No beat has been recorded yet.",
  "before the first beat": () => "The first beat was recorded after this day.",
  "before the statistics": ({ early, born }) =>
    `${plural(early, "beat")} counted. Missed beats are known only since ${startOfStatistics(born)}.`,
  measured: ({ beaten, missed, uptime, early, born }) => {
    const sums = `${numeral(beaten)} of ${numeral(beaten + missed)} beats counted, ${numeral(missed)} missed, ${percent(uptime)}.`;
    const more = early === 0 ? "" : ` ${numeral(early)} more were counted before ${startOfStatistics(born)}.`;
    return `${sums}${more} All times are UTC.`;
  },
};

const startOfStatistics = (born = ""): string => `${dateAndTime(born)} UTC, the start of the statistics`;

const pageOf = (report: DayReport, context: RenderContext): string => {
  const { service, stage } = context.names;
  const { day, hours, outages, pauses, lateness, hasNext, kind } = report;
  return html`${headOf(day, context)}
<style>${raw(DAY_STYLE)}</style>
<body class="day">
<header><p><b><a href="?">${service}</a></b> <span class="stage">${stage}</span></p><nav aria-label="Days"><a rel="prev" href="?day=${addDays(day, -1)}">${addDays(day, -1)}</a>${hasNext ? html` <a rel="next" href="?day=${addDays(day, 1)}">${addDays(day, 1)}</a>` : html``}</nav></header>
<main>
<h1>${day}</h1>
<p>${SUMMARIES[kind](report)}</p>
<section><h2>Outages</h2>${listOrNone(
    outages,
    { max: MAX_OUTAGES, none: kind === "measured" ? "None." : "Not measured." },
    (outage) => html`<li><span>${range(periodOf(outage))}</span> <span>${describeLength(outage)}</span>`,
  )}</section>
<section><h2>Pauses</h2>${listOrNone(
    pauses,
    { max: MAX_PAUSES, none: "None." },
    ({ from, to, reason = "" }) =>
      html`<li><span>${to === undefined ? `since ${dateAndTime(from)}` : range(pausedPeriod(from, to))}</span> <span>${reason}</span>`,
  )}</section>
<section><h2>Beats</h2><table>${hours.map(
    ({ from, marks }) =>
      html`<tr id="h${from.slice(11, 13)}"><th scope="row">${timeOfDay(from)}<td>${strip(marks)}<td>${describeHour(marks)}`,
  )}</table>${legend("not measured, or not due yet")}</section>
${lateness === null ? html`` : html`<p class="rules">Lateness: median ${numeral(lateness.p50)} ms, 95th percentile ${numeral(lateness.p95)} ms, maximum ${numeral(lateness.max)} ms.</p>`}
</main>
<footer><p></p><nav aria-label="For programs"><a href="beats/history?step=minute&amp;from=${day}&amp;to=${day}&amp;limit=1440">history</a></nav></footer>
`.text;
};

/** Keeps the page below 32 kB. /beats/history has all minutes. */
const MAX_OUTAGES = 20;
const MAX_PAUSES = 8;

const listOrNone = <Item>(
  items: readonly Item[],
  { max, none }: { max: number; none: string },
  render: (item: Item) => Html,
): Html =>
  items.length === 0
    ? html`<p>${none}</p>`
    : list(items, { max, render, renderMore: (words) => html`<li>${words}` });

/** Draws the beats of an hour, one path for each mark. */
const strip = (marks: readonly (Mark | null)[]): Html =>
  html`<svg class="strip" viewBox="0 0 ${marks.length} 10" preserveAspectRatio="none" aria-hidden="true">${Object.entries(
    CLASSES,
  ).flatMap(([mark, name]) =>
    marks.some((each) => each === mark)
      ? [
          html`<path class="${name}" d="M0 5${stepsOf(
            marks.map((each) => each === mark),
            (length) => `h${length}`,
            1,
          )}"/>`,
        ]
      : [],
  )}</svg>`;

const describeHour = (marks: readonly (Mark | null)[]): string => {
  const count = (mark: Mark) => marks.filter((each) => each === mark).length;
  const expected = count("beaten") + count("missed");
  if (expected > 0) return `${count("beaten")} of ${expected}`;
  return count("covered") > 0 ? "paused" : "–";
};
