import type { Past } from "../../past/past.ts";
import { type Html, html } from "../../reply/html.ts";
import { dateAndTime, lengthOfTime, numeral, percent, range, shorten } from "./words.ts";

/** The pages of the days show the rest. */
const MAX_OUTAGES = 8;
const MAX_PAUSES = 5;

/** The sections about the last 90 days in words. */
export const renderPast = ({ outages, pauses, months, since }: Past): Html => html`
<section><h2>Outages</h2>${outages.length === 0 ? html`<p>None since ${since}.</p>` : outageList({ outages, since })}</section>
${pauseSection(pauses.filter(({ to }) => to !== undefined))}
<section><h2>Months</h2><ul class="list">${months
  .filter(({ uptime }) => uptime !== null)
  .map(
    ({ month, from, missed, uptime, outages }) =>
      html`<li><span>${from.endsWith("-01") ? month : `${month}, from ${from}`}</span> <span>${countOf(outages)}${numeral(missed)} missed, ${percent(uptime)}</span>`,
  )}</ul></section>`;

const outageList = ({ outages, since }: Pick<Past, "outages" | "since">): Html => {
  const more = outages.length - MAX_OUTAGES;
  return html`<ul class="list missed">${outages
    .slice(0, MAX_OUTAGES)
    .map(
      (outage) =>
        html`<li><a href="./?day=${outage.from.slice(0, 10)}">${range(outage)}</a> <span>${describeLength(outage)}</span>`,
    )}${more > 0 ? html`<li><span>and ${numeral(more)} more since ${since}</span>` : html``}</ul>`;
};

/** Such as "3 h 2 min, ongoing". */
export const describeLength = ({ minutes, isOngoing, isAtLeast }: Past["outages"][number]): string =>
  `${lengthOfTime(minutes * 60_000)}${isAtLeast ? " or more" : ""}${isOngoing ? ", ongoing" : ""}`;

const pauseSection = (ended: Past["pauses"]): Html => {
  if (ended.length === 0) return html``;
  const more = ended.length - MAX_PAUSES;
  return html`<section><h2>Ended pauses</h2><ul class="list">${ended
    .slice(0, MAX_PAUSES)
    .map(
      ({ from, to = from, reason = "" }) =>
        html`<li><a href="./?day=${from.slice(0, 10)}">${range({ from, to })}</a> <span>${shorten(reason)}</span>`,
    )}${more > 0 ? html`<li><span>and ${numeral(more)} more since ${dateAndTime(ended.at(-1)?.from ?? "")}</span>` : html``}</ul></section>`;
};

const countOf = (outages: number | null): string =>
  outages === null ? "" : `${numeral(outages)} ${outages === 1 ? "outage" : "outages"}, `;
