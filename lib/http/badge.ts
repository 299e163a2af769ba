import { charactersOf } from "../domain/characters.ts";
import { type Html, html } from "../reply/html.ts";
import { toProblem } from "../reply/problem.ts";
import { cacheFor, type Reply } from "../reply/reply.ts";
import type { Badge } from "../schemas/replies.ts";
import type { Pulse, State } from "../schemas/status.ts";

const LABEL = "heartbeat";
/** Long enough to spare a page of many readers, and short beside the minutes that make a state. */
const KEPT_SECONDS = 30;

/** White text on each of them has the contrast of WCAG AA, 4.5 to 1. */
const COLORS: Record<State | "unknown", string> = {
  new: "#0969da",
  up: "#1a7f37",
  late: "#9a6700",
  down: "#cf222e",
  paused: "#8250df",
  unknown: "#57606a",
};
const LABEL_COLOR = "#24292f";

/** The badge as a picture. */
export const renderBadge = (pulse: Pulse): Reply =>
  cacheFor(draw(messageOf(pulse), COLORS[pulse.state]), "image/svg+xml", KEPT_SECONDS);

/**
 * A picture even so: an <img> shows what came with a failure too, and "unknown" tells its reader more than
 * a torn frame. The status keeps caches and monitors from taking it for an answer.
 */
export const renderBadgeError = (error: unknown): Reply => ({
  statusCode: toProblem(error).status,
  headers: { "content-type": "image/svg+xml", "cache-control": "no-store" },
  body: draw("unknown", COLORS.unknown),
});

/** The badge for shields.io to draw (its "endpoint badge"). `isError`: nobody may paint over that it is down. */
export const renderBadgeData = (pulse: Pulse): Reply => {
  const badge: Badge = {
    schemaVersion: 1,
    label: LABEL,
    message: messageOf(pulse),
    color: COLORS[pulse.state],
    isError: pulse.state === "down",
  };
  return cacheFor(JSON.stringify(badge), "application/json", KEPT_SECONDS);
};

/** The state in words. It stays the same while all is well, and so does the etag. */
const messageOf = ({ state, since, uptime, pause }: Pulse): string => {
  if (since === null) return `${state}, no beat yet`;
  if (state !== "up") {
    const why = pause?.reason ? `: ${shortened(pause.reason)}` : "";
    return `${state} since ${since.slice(0, 10)} ${since.slice(11, 16)} UTC${why}`;
  }
  const percent = uptime["24h"];
  return percent === null ? state : `${state}, ${percent} % in 24 h`;
};

/** So that the badge stays one; /status and the page tell the whole. */
const shortened = (reason: string): string => {
  const letters = charactersOf(reason);
  return letters.length > MOST_LETTERS ? `${letters.slice(0, MOST_LETTERS - 1).join("")}…` : reason;
};
const MOST_LETTERS = 40;

const EM = 6.6; // a letter's width in a monospaced font of 11 px
const PADDING = 8;

const draw = (message: string, color: string): string => {
  const middle = LABEL.length * EM + 2 * PADDING;
  const right = charactersOf(message).length * EM + 2 * PADDING;
  const name = `${LABEL}: ${message}`;
  return [
    html`<svg xmlns="http://www.w3.org/2000/svg" width="${tenths(middle + right)}" height="20" role="img" aria-label="${name}">`,
    html`<title>${name}</title>`,
    html`<rect width="${tenths(middle + right)}" height="20" rx="3" fill="${LABEL_COLOR}"/>`,
    html`<path d="M${tenths(middle)} 0h${tenths(right - 3)}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-${tenths(right - 3)}z" fill="${color}"/>`,
    html`<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,DejaVu Sans Mono,monospace" font-size="11" fill="#fff">`,
    write(LABEL, PADDING),
    write(message, middle + PADDING),
    html`</g></svg>`,
  ]
    .map(({ text }) => text)
    .join("");
};

/** Of the width that it was given room for, in whatever font the reader has. */
const write = (text: string, x: number): Html =>
  html`<text x="${tenths(x)}" y="14" textLength="${tenths(charactersOf(text).length * EM)}" lengthAdjust="spacingAndGlyphs">${text}</text>`;

const tenths = (length: number): number => Math.round(length * 10) / 10;
