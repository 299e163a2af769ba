import { shorten } from "../../display/format.ts";
import { fromIndex, type Minute, minuteAfter, toIndex } from "../../domain/minute.ts";
import type { Outage } from "../../past/outages.ts";
import type { Past } from "../../past/past.ts";
import { type Html, html } from "../../reply/html.ts";
import { list } from "./document.ts";
import { lengthOfMinutes, numeral, percent, period, plural, times } from "./words.ts";

/** The pages of the days show the rest. */
const MAX_OUTAGES = 5;
const MAX_PAUSES = 3;

/** The sections about the last 90 days in words. */
export const renderPast = ({ outages, pauses, months, since }: Past): Html => html`
<section><h2>Outages</h2>${outages.length === 0 ? html`<p>None since ${since}.</p>` : outageList(outages, since)}</section>
${pauseSection(pauses.filter(({ to }) => to !== undefined))}${monthSection(months)}`;

const outageList = (outages: Past["outages"], since: string): Html =>
  list(outages, {
    max: MAX_OUTAGES,
    render: (outage) =>
      html`<li><a href="?day=${outage.from.slice(0, 10)}">${times(periodOf(outage))}</a> <span>${describeLength(outage)}</span>`,
    renderMore: (words) => html`<li><span>${words} since ${since}</span>`,
    names: "list missed",
  });

/** The period of an outage, for `range`. */
export const periodOf = ({ from, minutes }: Outage) => period(from, fromIndex(toIndex(from) + minutes));

/** The period of an ended pause, for `range`. `to`: the last minute that it covers. */
export const pausedPeriod = (from: Minute, to: Minute) => period(from, minuteAfter(to));

/** Such as "3 h 2 min, ongoing". */
export const describeLength = ({ minutes, isOngoing, isAtLeast }: Outage): string =>
  `${lengthOfMinutes(minutes)}${isAtLeast ? " or more" : ""}${isOngoing ? ", ongoing" : ""}`;

const pauseSection = (ended: Past["pauses"]): Html => {
  if (ended.length === 0) return html``;
  const pauses = list(ended, {
    max: MAX_PAUSES,
    render: ({ from, to = from, reason = "" }) =>
      html`<li><a href="?day=${from.slice(0, 10)}">${times(pausedPeriod(from, to))}</a> <span>${shorten(reason)}</span>`,
    renderMore: (words) => html`<li><span>${words}</span>`,
  });
  return html`<section><h2>Ended pauses</h2>${pauses}</section>
`;
};

/** The months in which a beat was expected. */
const monthSection = (months: Past["months"]): Html => {
  const shown = months.filter(({ uptime }) => uptime !== null);
  if (shown.length === 0) return html``;
  return html`<section><h2>Months</h2><ul class="list">${shown.map(
    ({ month, from, missed, uptime, outages }) =>
      html`<li><span>${from.endsWith("-01") ? month : `${month}, from ${from}`}</span> <span>${outages === null ? "" : `${plural(outages, "outage")}, `}${numeral(missed)} missed, ${percent(uptime)}</span>`,
  )}</ul></section>`;
};
