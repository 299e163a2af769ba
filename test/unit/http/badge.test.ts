import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { MalformedRowError, StoreUnavailableError } from "../../../lib/domain/errors.ts";
import { renderBadge, renderBadgeData, renderBadgeError } from "../../../lib/http/badge.ts";
import { pulse } from "../../../lib/pulse/pulse.ts";
import { DEFAULT_NAMES } from "../../../lib/service/names.ts";
import { type Facts, historyOf, minutesFrom } from "../../support/fixtures/history.ts";
import { NASTY, NASTY_IN_BADGE, PLAIN, readAs } from "../../support/fixtures/reasons.ts";

const CONTEXT = { names: DEFAULT_NAMES };

const pulseAt = (time: string, facts: Facts) =>
  pulse(historyOf(facts), Date.parse(`2026-11-23T${time}Z`), { lateAfter: 120, downAfter: 240, every: 1 });

const BEATEN = { born: "2026-11-23T20:00Z", beaten: minutesFrom("2026-11-23T20:00Z", "2026-11-23T22:39Z") };
const GAPPED = { ...BEATEN, beaten: BEATEN.beaten.filter((minute) => minute !== "2026-11-23T21:00Z") };
const POOR = { ...BEATEN, beaten: BEATEN.beaten.filter((minute) => !/21:0[0-2]/.test(minute)) };
const PAUSED = { ...BEATEN, pauses: [{ from: "2026-11-23T22:40Z" }] };
const ONLY_EARLIER = { born: "2026-11-23T22:40Z", beaten: ["2026-11-23T22:00Z"] };

const EACH: [name: string, snapshot: ReturnType<typeof pulseAt>, message: string, color: string][] = [
  ["never beat", pulseAt("22:40:10", {}), "new, no beat yet", "#55616b"],
  ["is up", pulseAt("22:40:10", BEATEN), "up, 100 % in 24 h", "#0a7648"],
  ["is up and missed a minute", pulseAt("22:40:10", GAPPED), "up, 99.375 % in 24 h", "#0a7648"],
  ["is up and missed more than 1 %", pulseAt("22:40:10", POOR), "up, 98.125 % in 24 h", "#b45309"],
  ["is up and was not expected yet", pulseAt("22:40:10", ONLY_EARLIER), "up", "#0a7648"],
  ["is late", pulseAt("22:41:10", BEATEN), "late since 2026-11-23 22:41 UTC", "#b45309"],
  ["is down", pulseAt("23:59:10", BEATEN), "down since 2026-11-23 22:43 UTC", "#bd2130"],
  ["is paused", pulseAt("23:59:10", PAUSED), "paused since 2026-11-23 22:40 UTC", "#3a55a4"],
];

const KEPT = { "cache-control": "max-age=30, must-revalidate" };

test("/badge.svg is this image when the state is up", () => {
  expect(renderBadge(pulseAt("22:40:10", GAPPED), CONTEXT)).toEqual({
    statusCode: 200,
    headers: { "content-type": "image/svg+xml", ...KEPT },
    body: [
      '<svg xmlns="http://www.w3.org/2000/svg" width="223.4" height="20" role="img" aria-label="heartbeat: up, 99.375 % in 24 h">',
      "<title>heartbeat: up, 99.375 % in 24 h</title>",
      '<rect width="223.4" height="20" rx="3" fill="#24292f"/>',
      '<path d="M75.4 0h145a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-145z" fill="#0a7648"/>',
      '<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,DejaVu Sans Mono,monospace" font-size="11" fill="#fff">',
      '<text x="8" y="14" textLength="59.4" lengthAdjust="spacingAndGlyphs">heartbeat</text>',
      '<text x="83.4" y="14" textLength="132" lengthAdjust="spacingAndGlyphs">up, 99.375 % in 24 h</text>',
      "</g></svg>",
    ].join(""),
  });
});

describe.each(EACH)("when the heartbeat %s", (_, snapshot, message, color) => {
  test("/badge.svg shows the state as text and as its accessible name", () => {
    const { body = "" } = renderBadge(snapshot, CONTEXT);

    expect(body).toContain(
      ` role="img" aria-label="heartbeat: ${message}"><title>heartbeat: ${message}</title>`,
    );
    expect(body).toContain(`>${message}</text>`);
    expect(body).toContain(` fill="${color}"`);
  });

  test("/badge.svg has the text contrast of WCAG AA", () => {
    const { body = "" } = renderBadge(snapshot, CONTEXT);

    const behind = [...body.matchAll(/fill="(#[\da-f]{6})"/g)].map(([, color = ""]) =>
      contrastToWhite(color),
    );
    expect(behind).toHaveLength(2);
    expect(Math.min(...behind)).toBeGreaterThanOrEqual(4.5);
  });

  test("/badge.json has the same message and color", () => {
    expect(renderBadgeData(snapshot, CONTEXT)).toEqual({
      statusCode: 200,
      headers: { "content-type": "application/json", ...KEPT },
      body: JSON.stringify({
        schemaVersion: 1,
        label: "heartbeat",
        message,
        color,
        isError: snapshot.state === "down",
      }),
    });
  });
});

describe("when the snapshot cannot be read", () => {
  beforeEach(() => void vi.spyOn(console, "error").mockImplementation(() => {}));
  afterEach(() => vi.restoreAllMocks());

  test.each([
    [503, new StoreUnavailableError("the history could not be read", "no answer")],
    [500, new MalformedRowError("row live: beats has an unexpected value: -1")],
  ])("/badge.svg shows unknown, with status %i and no-store", (status, fault) => {
    const { statusCode, headers, body = "" } = renderBadgeError(fault, CONTEXT);

    expect(statusCode).toBe(status);
    expect(headers).toEqual({
      "content-type": "image/svg+xml",
      "cache-control": "no-store",
      ...(status === 503 ? { "retry-after": "10" } : {}),
    });
    expect(body).toContain(' role="img" aria-label="heartbeat: unknown"><title>heartbeat: unknown</title>');
    expect(body).toContain(">unknown</text>");
    expect(body).toContain(' fill="#55616b"');
    expect(contrastToWhite("#55616b")).toBeGreaterThanOrEqual(4.5);
    expect(console.error).toHaveBeenCalledWith({ error: expect.stringContaining(fault.message) });
  });
});

/** One character of 7 code points. */
const FAMILY = "👩‍👩‍👧‍👦";

describe.each([
  ["a plain reason", PLAIN, PLAIN],
  ["a nasty reason", NASTY, NASTY_IN_BADGE],
  ["a reason of 40 characters", "💔".repeat(40), "💔".repeat(40)],
  ["a reason of 41 characters", "💔".repeat(41), `${"💔".repeat(39)}…`],
  ["a reason of 28 characters that are 7 code points each", FAMILY.repeat(28), FAMILY.repeat(28)],
  ["a reason that is cut before a flag", `${"x".repeat(38)}🇩🇪🇫🇷🇮🇹`, `${"x".repeat(38)}🇩🇪…`],
  ["a reason that is cut before an accented letter", "e\u0301".repeat(41), `${"e\u0301".repeat(39)}…`],
])("when the heartbeat is paused for %s", (_, reason, shown) => {
  const snapshot = pulseAt("23:59:10", { ...BEATEN, pauses: [{ from: "2026-11-23T22:40Z", reason }] });
  const message = `paused since 2026-11-23 22:40 UTC: ${shown}`;

  test("/badge.svg shows the reason, escaped and in full width", () => {
    const { body = "" } = renderBadge(snapshot, CONTEXT);

    const [, title, label, text] =
      /<title>(.*?)<\/title>.*?<text[^>]*>(.*?)<.*?<text[^>]*>(.*?)</.exec(body) ?? [];
    expect([title, label, text].map(readAs)).toEqual([`heartbeat: ${message}`, "heartbeat", message]);
    expect(readAs(/aria-label="([^"]*)"/.exec(body)?.[1])).toBe(`heartbeat: ${message}`);
    const characters = [...new Intl.Segmenter().segment(message)];
    expect(body).toContain(`textLength="${Math.round(characters.length * 66) / 10}"`);
    expect(body.match(/<\/?\w+/g)).toEqual(
      renderBadge(pulseAt("22:40:10", BEATEN), CONTEXT).body?.match(/<\/?\w+/g),
    );
  });

  test("/badge.json has the same message and color", () => {
    expect(JSON.parse(renderBadgeData(snapshot, CONTEXT).body ?? "")).toEqual({
      ...{ schemaVersion: 1, label: "heartbeat", message, color: "#3a55a4", isError: false },
    });
  });
});

test("/badge.svg loads no other resource", () => {
  for (const [, snapshot] of EACH) {
    expect(renderBadge(snapshot, CONTEXT).body?.match(/https?:[^"]*|href|url\(|@import|<script/g)).toEqual([
      "http://www.w3.org/2000/svg",
    ]);
  }
});

/** The contrast of `#rrggbb` to white, as WCAG 2.2 defines it. */
const contrastToWhite = (color: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((start) => Number.parseInt(color.slice(start, start + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05);
};
