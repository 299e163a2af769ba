import { fromIndex, toIndex } from "../../domain/minute.ts";
import { gapStart } from "../../pulse/gap-start.ts";
import { isSinceAtLeast } from "../../pulse/pulse.ts";
import { type Html, html } from "../../reply/html.ts";
import type { Gap, Pulse } from "../../schemas/status.ts";
import { list } from "./document.ts";
import {
  ageInMinutes,
  dateAndTime,
  lengthOfMinutes,
  numeral,
  percent,
  plural,
  seconds,
  shortClock,
  sinceLine,
  startOfState,
  timeOfDay,
  times,
} from "./words.ts";

/** The page links to the pages of the days for the rest. */
const MAX_GAPS = 6;

/** A gap with its true beginning, as far as it is known, and its length in words. */
const toOutage = (pulse: Pulse, gap: Gap, every: number) => {
  const { from, atLeast } = gapStart(pulse, gap, every);
  const beats = (toIndex(gap.to) - toIndex(from)) / every + 1;
  const length = `${lengthOfMinutes(beats * every)}${atLeast ? " or more" : ""}`;
  return { from, to: gap.to, atLeast, beats, length };
};

/** The length of the outage that the streak of an up state ended, in words; empty if none ended in the last 24 hours. */
export const endedOutage = (pulse: Pulse, every: number): string => {
  const gap = pulse.last24h.gaps[0];
  const { from } = pulse.last24h.streak;
  return gap === undefined || from === null || gap.to > from ? "" : toOutage(pulse, gap, every).length;
};

/** The line about the beginning of the state, in UTC; empty before the first beat. */
export const describeSince = (pulse: Pulse, every: number): string => {
  const start = startOfState(pulse.state, pulse);
  if (start === null) return "";
  const atLeast = isSinceAtLeast(pulse) && pulse.missed > 0;
  const outage = endedOutage(pulse, every);
  const age = ageInMinutes(start, pulse.now);
  return sinceLine(pulse.state, { start: `${dateAndTime(start)} UTC`, age, outage, atLeast });
};

/** The figures beside the state: those that fit it. */
export const facts = (pulse: Pulse, every: number): Html =>
  html`<dl class="facts">${factsOf(pulse, every).map(
    ([name, figure, note]) => html`<div><dt>${name}${figure}<dd>${note}</div>`,
  )}</dl>`;

type Fact = [name: string, figure: Html, note: Html | string];

const figure = (text: string): Html => html`<dd>${text}`;

const factsOf = (pulse: Pulse, every: number): Fact[] => {
  const { state, beats, expected, missed, now } = pulse;
  if (state === "new") {
    const next = fromIndex((Math.floor(toIndex(`${now.slice(0, 16)}Z`) / every) + 1) * every);
    return [
      ["First beat", html`<dd>${shortClock(next)}`, html`expected at ${times({ from: next })}`],
      ["Beats", figure("0"), "none yet"],
    ];
  }
  const sums = `of ${numeral(expected)} expected, ${numeral(missed)} missed`;
  return [
    lastBeat(pulse),
    ...stateFacts(pulse, every),
    ["Beats", figure(numeral(beats)), sums],
    ...lateness(pulse),
  ];
};

const lastBeat = ({ newest }: Pulse): Fact =>
  newest === null
    ? ["Last beat", figure("–"), "none yet"]
    : ["Last beat", html`<dd id="age">${timeOfDay(newest.minute)}`, times({ from: newest.minute })];

const stateFacts = (pulse: Pulse, every: number): Fact[] => {
  const { state, missed, born, pause, now, downAt, newest, last24h, series } = pulse;
  const { streak, gaps } = last24h;
  if (state === "paused" && pause !== null) {
    const covered = series.days.reduce((sum, day) => sum + day.covered, 0);
    const note = covered === 0 ? "no beat is expected" : `${plural(covered, "beat")} not expected in 90 days`;
    return [["Paused for", figure(ageInMinutes(pause.from, now)), note]];
  }
  if (state === "late" && downAt !== null)
    return [
      ["Down at", html`<dd>${shortClock(downAt)}`, html`unless a beat arrives: ${times({ from: downAt })}`],
    ];
  const [gap] = gaps;
  if (state === "down") {
    const isOpen = gap !== undefined && (newest === null || newest.minute < gap.from);
    const outage = isOpen ? toOutage(pulse, gap, every) : undefined;
    if (outage === undefined) return [["Missed in a row", figure("0"), "since the pause ended"]];
    const note = html`${outage.atLeast ? "or more, " : ""}from ${times({ from: outage.from })}`;
    return [["Missed in a row", figure(numeral(outage.beats)), note]];
  }
  if (missed === 0 && born !== null)
    return [["In a row", figure("all"), html`since ${times({ from: born })}`]];
  const note = streak.atLeast && streak.minutes > 0 ? "or more beats without a gap" : "beats without a gap";
  return [["In a row", figure(numeral(streak.minutes)), note]];
};

const lateness = ({ last24h }: Pulse): Fact[] => {
  if (last24h.lateness === null) return [];
  const { p50, p95 } = last24h.lateness;
  return [["Lateness", figure(seconds(p50)), `median; 95 % within ${seconds(p95)}`]];
};

const UPTIMES = {
  "1 hour": "1h",
  "24 hours": "24h",
  "7 days": "7d",
  "30 days": "30d",
  "90 days": "90d",
  ever: "all",
} as const;

/** Two lists of three, so that no figure is alone in a row. */
export const uptimes = ({ uptime }: Pulse): Html => {
  const all = Object.entries(UPTIMES).map(
    ([name, key]) => html`<div><dt>${name}<dd>${percent(uptime[key])}</div>`,
  );
  return html`<div class="uptimes"><dl class="uptime">${all.slice(0, 3)}</dl><dl class="uptime">${all.slice(3)}</dl></div>`;
};

/** The section about what was missed in the last 24 hours. */
export const missedSection = (pulse: Pulse, every: number): Html =>
  html`<section><h2>Missed in 24 hours</h2>${gapList(pulse, every)}</section>`;

const gapList = (pulse: Pulse, every: number): Html => {
  const { gaps } = pulse.last24h;
  if (gaps.length === 0) return html`<p>Nothing.</p>`;
  return list(gaps, {
    max: MAX_GAPS,
    render: (gap) => {
      const { from, to, length } = toOutage(pulse, gap, every);
      return html`<li><a href="?day=${to.slice(0, 10)}">${times({ from, to })}</a> <span>${length}</span>`;
    },
    renderMore: (words) => html`<li><a href="?day=${dayOf(gaps[MAX_GAPS])}">${words}</a>`,
    names: "list missed",
  });
};

const dayOf = (gap: Gap | undefined): string => gap?.to.slice(0, 10) ?? "";
