import { createHash } from "node:crypto";
import { isSinceAtLeast } from "../../pulse/pulse.ts";
import { type Html, html, raw } from "../../reply/html.ts";
import { type RenderContext, toProblem } from "../../reply/problem.ts";
import type { Reply } from "../../reply/reply.ts";
import type { Gap, Pulse, State } from "../../schemas/status.ts";
import { baseOf } from "./base.ts";
import { dayBars, hourBars, noTrace, trace } from "./charts.ts";
import { drawnFrom, SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";
import {
  dateAndTime,
  duration,
  minutes,
  numeral,
  PAUSED_FOR,
  percent,
  range,
  timeOfDay,
  WORDS,
} from "./words.ts";

/** The page links to /status for the rest. */
const MAX_GAPS = 8;

const digestOf = (text: string): string => createHash("sha256").update(text).digest("base64");
const hashOf = (text: string): string => `'sha256-${digestOf(text)}'`;

/** An open page compares this with a new page, to detect that the style or the script has changed. */
const VERSION = digestOf(STYLE + SCRIPT).slice(0, 8);

const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": [
    "default-src 'none'",
    `style-src ${hashOf(STYLE)}`,
    `script-src ${hashOf(SCRIPT)}`,
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/**
 * Renders the status page, with `past`, sections about the last 90 days. It contains no seconds, so the page and its ETag
 * stay the same while nothing changes.
 */
export const renderPage = (pulse: Pulse, context: RenderContext, past: Html = html``): Reply => ({
  statusCode: 200,
  headers: { ...HEADERS, "cache-control": "no-cache" },
  body: pageWith(context, pulse.state, contentOf(pulse, past), drawnFrom(pulse)),
});

/** Renders the page when the snapshot cannot be read: the state is unknown, not down. */
export const renderPageError = (error: unknown, context: RenderContext): Reply => ({
  statusCode: toProblem(error).status,
  headers: { ...HEADERS, "cache-control": "no-store" },
  body: pageWith(
    context,
    "unknown",
    {
      sentence: WORDS.unknown.sentence,
      since: html``,
      main: html`<figure class="pulse">${noTrace()}<i></i></figure>`,
    },
    "",
  ),
});

interface Content {
  sentence: string;
  since: Html;
  main: Html;
}

const ICON =
  "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Cpath fill='none' stroke='%2310a065' stroke-width='4' stroke-linejoin='round' d='M0 18h9l4-12 6 22 4-10h9'/%3E%3C/svg%3E";

/** `drawn` is the result of `drawnFrom` for the snapshot. The script uses it to detect that the page is outdated. */
const pageWith = (
  { path, names: { service } }: RenderContext,
  state: State | "unknown",
  { sentence, since, main }: Content,
  drawn: string,
): string => {
  const { word } = WORDS[state];
  return html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<base href="${baseOf(path)}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${word} · ${service}</title>
<meta name="description" content="The state of ${service}, when it began, and the missed minutes.">
<link rel="icon" href="data:image/svg+xml,${raw(ICON)}">
<link rel="alternate" type="application/atom+xml" href="feed.atom">
<style>${raw(STYLE)}</style>
<body class="${state}" data-service="${service}" data-drawn="${drawn}" data-version="${VERSION}">
<header><b>${service}</b><span>one beat a minute · UTC</span></header>
<main>
<section class="state"><div role="status"><h1 id="word">${word}</h1><p id="said">${sentence}</p></div><p id="since">${since}</p></section>
${main}</main>
<footer><p id="heard"></p><nav aria-label="For programs"><a href="status">status</a> <a href="health">health</a> <a href="feed.atom">feed</a></nav></footer>
<script>${raw(SCRIPT)}</script>
`.text;
};

const contentOf = (pulse: Pulse, past: Html): Content => {
  const { since, beats, expected, missed, newest, last24h, uptime, series, rules, pause } = pulse;
  const { streak, gaps } = last24h;
  return {
    sentence: pause?.reason ? `${PAUSED_FOR}${pause.reason}` : WORDS[pulse.state].sentence,
    since:
      since === null
        ? html``
        : html`since ${isSinceAtLeast(pulse) ? "at least " : ""}<time datetime="${since}">${dateAndTime(since)} UTC</time>`,
    main: html`<figure class="pulse">${trace(series.minutes)}<i></i><figcaption><span>60 minutes ago</span><span>now</span></figcaption></figure>
<dl class="facts">
<div><dt>Beats<dd>${numeral(beats)}<dd>of ${numeral(expected)} expected, ${numeral(missed)} missed</div>
<div><dt>Last beat${newest === null ? html`<dd>–<dd>none yet` : html`<dd id="age">${timeOfDay(newest.minute)}<dd>${dateAndTime(newest.minute)}`}</div>
<div><dt>In a row<dd>${numeral(streak.minutes)}<dd>${streak.atLeast ? "or more " : ""}beats without a gap</div>
</dl>
<section><h2>24 hours</h2>${hourBars(series.hours)}</section>
<section><h2>90 days</h2>${dayBars(series.days)}</section>
<section><h2>Uptime</h2><dl class="uptime">${Object.entries(UPTIMES).map(
      ([name, key]) => html`<div><dt>${name}<dd>${percent(uptime[key])}</div>`,
    )}</dl></section>
<section><h2>Missed in 24 hours</h2>${gapList(gaps)}</section>${past}
<p class="rules">Late ${duration(rules.lateAfter)} after the start of the newest counted minute, down after ${duration(rules.downAfter)}.</p>
`,
  };
};

const UPTIMES = {
  "1 hour": "1h",
  "24 hours": "24h",
  "7 days": "7d",
  "30 days": "30d",
  "90 days": "90d",
  ever: "all",
} as const;

const gapList = (gaps: Gap[]): Html => {
  if (gaps.length === 0) return html`<p>Nothing.</p>`;
  const more = gaps.length - MAX_GAPS;
  return html`<ul class="missed">${gaps
    .slice(0, MAX_GAPS)
    .map(
      (gap) => html`<li><span>${range(gap)}</span> <span>${minutes(gap.minutes)}</span>`,
    )}${more > 0 ? html`<li>and ${numeral(more)} more, in <a href="status">status</a>` : html``}</ul>`;
};
