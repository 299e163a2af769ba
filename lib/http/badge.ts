import { COLORS, LIGHT } from "../display/palette.ts";
import { type Html, html } from "../reply/html.ts";
import { errorReply, type RenderContext } from "../reply/problem.ts";
import { cacheFor, type Reply } from "../reply/reply.ts";
import type { Badge } from "../schemas/replies.ts";
import type { Pulse } from "../schemas/status.ts";
import { charactersOf } from "../text/characters.ts";

/** Long enough for caches to absorb the requests of a busy page, and short compared with the time to a change of state. */
const MAX_AGE_SECONDS = 30;

const LABEL_COLOR = "#24292f";

type Named = Pick<RenderContext, "names">;

/** Renders /badge.svg. The label is the name of the service. */
export const renderBadge = (pulse: Pulse, { names }: Named): Reply =>
  cacheFor(draw(names.service, messageOf(pulse), colorOf(pulse)), "image/svg+xml", MAX_AGE_SECONDS);

/**
 * Renders /badge.svg when the snapshot cannot be read. Browsers display the image of an error reply, and "unknown" is more
 * useful than a broken image. Caches and monitors see the status 500 or 503.
 */
export const renderBadgeError = (error: unknown, { names }: Named): Reply =>
  errorReply(error, "image/svg+xml", () => draw(names.service, "unknown", LIGHT[COLORS.unknown]));

/** Renders /badge.json for the endpoint badge of shields.io, which ignores color overrides if `isError` is true. */
export const renderBadgeData = (pulse: Pulse, { names }: Named): Reply => {
  const badge: Badge = {
    schemaVersion: 1,
    label: names.service,
    message: messageOf(pulse),
    color: colorOf(pulse),
    isError: pulse.state === "down",
  };
  return cacheFor(JSON.stringify(badge), "application/json", MAX_AGE_SECONDS);
};

/** The uptime of 24 hours in percent below which the badge of an up state is amber: 15 missed minutes. */
const LEAST_UPTIME = 99;

const colorOf = ({ state, uptime }: Pulse): string =>
  LIGHT[state === "up" && (uptime["24h"] ?? 100) < LEAST_UPTIME ? "amber" : COLORS[state]];

/** The state in words. It contains no current time, so the ETag changes only with the state or the uptime. */
const messageOf = ({ state, since, uptime, pause }: Pulse): string => {
  if (since === null) return `${state}, no beat yet`;
  if (state !== "up") {
    const why = pause?.reason ? `: ${shorten(pause.reason)}` : "";
    return `${state} since ${since.slice(0, 10)} ${since.slice(11, 16)} UTC${why}`;
  }
  const percent = uptime["24h"];
  return percent === null ? state : `${state}, ${percent} % in 24 h`;
};

/** Shortens a reason to the width of a badge. /status and the page have the whole reason. */
const shorten = (reason: string): string => {
  const characters = charactersOf(reason);
  if (characters.length <= MAX_CHARACTERS) return reason;
  return `${characters.slice(0, MAX_CHARACTERS - 1).join("")}…`;
};
const MAX_CHARACTERS = 40;

/** The width of a character in a monospaced font of 11 px. */
const CHARACTER_WIDTH = 6.6;
const PADDING = 8;

const draw = (service: string, message: string, color: string): string => {
  const middle = service.length * CHARACTER_WIDTH + 2 * PADDING;
  const right = charactersOf(message).length * CHARACTER_WIDTH + 2 * PADDING;
  const name = `${service}: ${message}`;
  return [
    html`<svg xmlns="http://www.w3.org/2000/svg" width="${tenths(middle + right)}" height="20" role="img" aria-label="${name}">`,
    html`<title>${name}</title>`,
    html`<rect width="${tenths(middle + right)}" height="20" rx="3" fill="${LABEL_COLOR}"/>`,
    html`<path d="M${tenths(middle)} 0h${tenths(right - 3)}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-${tenths(right - 3)}z" fill="${color}"/>`,
    html`<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,DejaVu Sans Mono,monospace" font-size="11" fill="#fff">`,
    label(service, PADDING),
    label(message, middle + PADDING),
    html`</g></svg>`,
  ]
    .map(({ text }) => text)
    .join("");
};

/** Fits the text to the width reserved for it, whatever font the browser uses. */
const label = (text: string, x: number): Html =>
  html`<text x="${tenths(x)}" y="14" textLength="${tenths(charactersOf(text).length * CHARACTER_WIDTH)}" lengthAdjust="spacingAndGlyphs">${text}</text>`;

const tenths = (length: number): number => Math.round(length * 10) / 10;
