import { dateAndTime } from "../../display/format.ts";
import { minuteAfter } from "../../domain/minute.ts";
import type { Outage } from "../../past/outages.ts";
import type { Past } from "../../past/past.ts";
import { isSinceAtLeast } from "../../pulse/pulse.ts";
import { type Html, html } from "../../reply/html.ts";
import type { Pulse } from "../../schemas/status.ts";
import { describeLength } from "./past.ts";
import {
  ageInMinutes,
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

/**
 * The outage that the newest gap of the last 24 hours is part of. If a beat was recorded between the reads of the snapshot
 * and of the past, no outage has the end of the gap, and only the gap is known.
 */
const newestOutage = ({ last24h, interval }: Pulse, { outages }: Past): Outage | undefined => {
  const [gap] = last24h.gaps;
  if (gap === undefined) return undefined;
  const minutes = gap.minutes * interval.minutes;
  return outages.find(({ to }) => to === gap.to) ?? { ...gap, minutes, isOngoing: false, isAtLeast: true };
};

/** The length of the outage that the streak of an up state ended, in words; empty if none ended in the last 24 hours. */
export const endedOutage = (pulse: Pulse, past: Past): string => {
  const outage = newestOutage(pulse, past);
  const { from } = pulse.last24h.streak;
  return outage === undefined || from === null || outage.to > from ? "" : describeLength(outage);
};

/** Whether the state may have begun earlier. If nothing was ever missed, it began with the first beat. */
export const isStartAtLeast = (pulse: Pulse): boolean => isSinceAtLeast(pulse) && pulse.missed > 0;

/** The line about the beginning of the state, in UTC; empty before the first beat. `outage`: the one that ended before. */
export const describeSince = (pulse: Pulse, outage: string): string => {
  const start = startOfState(pulse.state, pulse);
  if (start === null) return "";
  const atLeast = isStartAtLeast(pulse);
  const age = ageInMinutes(start, pulse.now);
  return sinceLine(pulse.state, { start: `${dateAndTime(start)} UTC`, age, outage, atLeast });
};

/** The figures beside the state: those that fit it. */
export const facts = (pulse: Pulse, past: Past): Html =>
  html`<dl class="facts">${factsOf(pulse, past).map(
    ([name, figure, note]) => html`<div><dt>${name}${figure}<dd>${note}</div>`,
  )}</dl>`;

type Fact = [name: string, figure: Html, note: Html | string];

const figure = (text: string): Html => html`<dd>${text}`;

const factsOf = (pulse: Pulse, past: Past): Fact[] => {
  const { state, beats, expected, missed, now } = pulse;
  if (state === "new") {
    const next = minuteAfter(`${now.slice(0, 16)}Z`, pulse.interval.minutes);
    return [
      ["First beat", html`<dd>${shortClock(next)}`, html`expected at ${times({ from: next })}`],
      ["Beats", figure("0"), "none yet"],
    ];
  }
  const sums = `of ${numeral(expected)} expected, ${numeral(missed)} missed`;
  return [
    lastBeat(pulse),
    ...stateFacts(pulse, past),
    ["Beats", figure(numeral(beats)), sums],
    ...lateness(pulse),
  ];
};

const lastBeat = ({ newest }: Pulse): Fact =>
  newest === null
    ? ["Last beat", figure("–"), "none yet"]
    : ["Last beat", html`<dd id="age">${timeOfDay(newest.minute)}`, times({ from: newest.minute })];

const stateFacts = (pulse: Pulse, past: Past): Fact[] => {
  const { state, missed, born, pause, now, downAt, newest, last24h, series } = pulse;
  const { streak } = last24h;
  if (state === "paused" && pause !== null) {
    const covered = series.days.reduce((sum, day) => sum + day.covered, 0);
    const note = covered === 0 ? "no beat is expected" : `${plural(covered, "beat")} not expected in 90 days`;
    return [["Paused for", figure(ageInMinutes(pause.from, now)), note]];
  }
  if (state === "late" && downAt !== null)
    return [
      ["Down at", html`<dd>${shortClock(downAt)}`, html`unless a beat arrives: ${times({ from: downAt })}`],
    ];
  if (state === "down") {
    const outage = newestOutage(pulse, past);
    const isOpen = outage !== undefined && (newest === null || newest.minute < outage.from);
    if (!isOpen) return [["Missed in a row", figure("0"), "since the pause ended"]];
    const note = html`${outage.isAtLeast ? "or more, " : ""}from ${times({ from: outage.from })}`;
    return [["Missed in a row", figure(numeral(outage.minutes / pulse.interval.minutes)), note]];
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
