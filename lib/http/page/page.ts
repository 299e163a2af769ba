import { COLORS, DARK, LIGHT } from "../../display/palette.ts";
import type { Past } from "../../past/past.ts";
import { type Html, html, raw } from "../../reply/html.ts";
import { errorReply, type RenderContext } from "../../reply/problem.ts";
import type { Reply } from "../../reply/reply.ts";
import type { Pulse, State } from "../../schemas/status.ts";
import {
  dayAxis,
  dayBars,
  heading,
  hourAxis,
  hourBars,
  legend,
  noTrace,
  trace,
  traceLength,
} from "./charts.ts";
import { digestOf, headOf, pageHeaders, sourceOf } from "./document.ts";
import { describeSince, endedOutage, facts, isStartAtLeast, uptimes } from "./facts.ts";
import { renderPast } from "./past.ts";
import { drawnFrom, SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";
import { duration, PAUSED_FOR, sentenceOf, times, WORDS } from "./words.ts";

/** An open page compares this with a new page, to detect that the style or the script has changed. */
const VERSION = digestOf(STYLE + SCRIPT).slice(0, 8);

const HEADERS = pageHeaders(
  `style-src ${sourceOf(STYLE)}`,
  `script-src ${sourceOf(SCRIPT)}`,
  "connect-src 'self'",
  "img-src data:",
);

/**
 * Renders the status page. It contains no seconds, so the page and its ETag stay the same while nothing changes within a
 * minute.
 */
export const renderPage = (pulse: Pulse, past: Past, context: RenderContext): Reply => ({
  statusCode: 200,
  headers: { ...HEADERS, "cache-control": "no-cache" },
  body: documentWith(contentOf(pulse, past), context),
});

/** Renders the page when the snapshot cannot be read: the state is unknown, not down. */
export const renderPageError = (error: unknown, context: RenderContext): Reply => {
  const reply = errorReply(error, "text/html; charset=utf-8", () => documentWith(UNKNOWN, context));
  return { ...reply, headers: { ...reply.headers, ...HEADERS } };
};

interface Content {
  state: State | "unknown";
  sentence: string;
  since: string;
  /** The attributes of the body that the script reads. */
  data: Html;
  facts: Html;
  main: Html;
  /** When the page was rendered. */
  now: Html;
}

const UNKNOWN: Content = {
  state: "unknown",
  sentence: WORDS.unknown.sentence,
  since: "",
  data: html` data-every="1" data-drawn=""`,
  facts: html``,
  main: html`<figure class="pulse">${noTrace()}<i></i></figure>`,
  now: html``,
};

const contentOf = (pulse: Pulse, past: Past): Content => {
  const { state, now, uptime, series, rules, pause } = pulse;
  const { minutes: every } = pulse.interval;
  const length = traceLength(series.minutes, every);
  const outage = endedOutage(pulse, past);
  return {
    state,
    sentence: pause?.reason ? `${PAUSED_FOR}${pause.reason}` : sentenceOf(WORDS[state].sentence, every),
    since: describeSince(pulse, outage),
    data: html` data-every="${every}" data-outage="${outage}"${isStartAtLeast(pulse) ? html` data-least` : html``} data-drawn="${drawnFrom(pulse)}"`,
    facts: facts(pulse, past),
    main: html`<section>${heading(length, uptime["1h"])}<figure class="pulse">${trace(series.minutes, every)}<i></i><figcaption class="axis"><span>${length} ago</span><span>now</span></figcaption></figure></section>
<div class="charts">
<section>${heading("24 hours", uptime["24h"])}${hourBars(series.hours)}${hourAxis(series.hours)}</section>
<section>${heading("90 days", uptime["90d"])}${dayBars(series.days)}${dayAxis(series.days)}</section>
</div>
${legend("not measured")}
<section><h2>Uptime</h2>${uptimes(pulse)}</section>
${renderPast(past)}
<p class="rules">Late ${duration(rules.lateAfter)} after the start of the newest counted minute, down after ${duration(rules.downAfter)}.</p>
`,
    now: html`As of ${times({ from: `${now.slice(0, 16)}Z` })}`,
  };
};

/** A white trace on the color of the state. The script replaces the color. */
const iconOf = (color: string): Html =>
  raw(
    `data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='7' fill='%23${color.slice(1)}'/%3E%3Cpath fill='none' stroke='white' stroke-width='3' stroke-linejoin='round' d='M3 18h7l4-11 5 18 3-7h7'/%3E%3C/svg%3E`,
  );

const LINKS = {
  history: "beats/history",
  status: "status",
  health: "health",
  metrics: "metrics",
  openapi: "openapi.json",
  badge: "badge.svg",
  feed: "feed.atom",
};

const documentWith = (
  { state, sentence, since, data, facts, main, now }: Content,
  context: RenderContext,
): string => {
  const { service, stage } = context.names;
  const { word } = WORDS[state];
  const color = COLORS[state];
  return html`${headOf(word, context)}
<meta name="description" content="The state of ${service} ${stage}, when it began, and the missed beats.">
<meta name="theme-color" content="${LIGHT[color]}">
<meta name="theme-color" content="${DARK[color]}" media="(prefers-color-scheme:dark)">
<link rel="icon" href="${iconOf(LIGHT[color])}">
<link rel="alternate" type="application/atom+xml" href="feed.atom">
<style>${raw(STYLE)}</style>
<body class="${state}"${data} data-version="${VERSION}">
<header><p><b>${service}</b> <span class="stage">${stage}</span></p><p id="zone">UTC</p></header>
<main>
<div class="top"><section class="state"><div role="status"><h1 id="word">${word}</h1><p id="said">${sentence}</p></div><p id="since">${since}</p></section>
${facts}</div>
${main}</main>
<footer><p id="heard">${now}</p><nav aria-label="For programs">${Object.entries(LINKS).map(
    ([name, address]) => html`<a href="${address}">${name}</a> `,
  )}</nav></footer>
<script>${raw(SCRIPT)}</script>
`.text;
};
