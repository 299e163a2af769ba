import { createHash } from "node:crypto";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { MalformedRowError, StoreUnavailableError } from "../../../lib/domain/errors.ts";
import { dayBars, hourBars, trace } from "../../../lib/http/page/charts.ts";
import { renderPage, renderPageError } from "../../../lib/http/page/page.ts";
import { duration, range } from "../../../lib/http/page/words.ts";
import { readPast } from "../../../lib/past/past.ts";
import { pulse } from "../../../lib/pulse/pulse.ts";
import { html, raw } from "../../../lib/reply/html.ts";
import type { Reply } from "../../../lib/reply/reply.ts";
import { DEFAULT_NAMES } from "../../../lib/service/names.ts";
import { type Facts, historyOf, minutesFrom, pastReaderOf } from "../../support/fixtures/history.ts";
import { NASTY, PLAIN, readAs } from "../../support/fixtures/reasons.ts";

const RULES = { lateAfter: 120, downAfter: 240, every: 1 };
const NOW = Date.parse("2026-11-23T22:40:34Z");
const inPath = (path: string) => ({ path, names: DEFAULT_NAMES });
const at = async (now: string, facts: Facts, { path = "/", history = historyOf(facts) } = {}) => {
  const time = Date.parse(now);
  const past = await readPast({ past: pastReaderOf(facts) }, history, time, RULES);
  return renderPage(pulse(history, time, RULES), past, inPath(path));
};
const beatingTo = (newest: string): Facts => ({
  born: "2026-11-23T20:00Z",
  beaten: minutesFrom("2026-11-23T20:00Z", newest),
});

/** The visible text of a part of the page. */
const textOf = (page: Reply, from: string, to: string) =>
  (page.body?.split(from)[1] ?? "")
    .split(to)[0]
    ?.replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
const headlineOf = (page: Reply) => textOf(page, '<section class="state">', "</section>");

describe("markup", () => {
  test("escapes inserted values, in text and in attributes", () => {
    const name = `<img src=x onerror="alert('&')">`;

    expect(html`<p title="${name}">${name}</p>`.text.replaceAll("&#", "")).not.toMatch(/<img|"alert|&/);
    expect(html`<b>${"<&>\"'"}</b>`.text).toBe("<b>&#60;&#38;&#62;&#34;&#39;</b>");
  });

  test("inserts markup, lists of markup and numbers unchanged", () => {
    expect(html`<ul>${[1, 2].map((n) => html`<li>${n}`)}</ul>${raw("<hr>")}`.text).toBe(
      "<ul><li>1<li>2</ul><hr>",
    );
  });
});

test.each([
  [130, "2 minutes 10 seconds"],
  [150, "2 minutes 30 seconds"],
  [180, "3 minutes"],
  [181, "3 minutes 1 second"],
  [604_799, "10,079 minutes 59 seconds"],
])("formats %i seconds as %s", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

describe("the headline", () => {
  test.each([
    [
      "up",
      beatingTo("2026-11-23T22:40Z"),
      "Up A beat is recorded every minute. since 2026-11-23 20:00 UTC, for 2 h 40 min",
    ],
    [
      "late",
      beatingTo("2026-11-23T22:38Z"),
      "Late A beat is overdue. since 2026-11-23 22:40 UTC, for less than a minute",
    ],
    [
      "down",
      beatingTo("2026-11-23T22:36Z"),
      "Down Beats have stopped arriving. since 2026-11-23 22:40 UTC, for less than a minute",
    ],
    ["new", {}, "New No beat has been recorded yet."],
    [
      "paused",
      { ...beatingTo("2026-11-23T22:36Z"), pauses: [{ from: "2026-11-23T22:37Z" }] },
      "Paused Beats are not counted, on purpose. since 2026-11-23 22:37 UTC, for 3 min",
    ],
  ])("shows the state %s and its start", async (state, facts, said) => {
    const page = await at("2026-11-23T22:40:34Z", facts);

    expect(headlineOf(page)).toBe(said);
    expect(page.body).toContain(`<title>${said.split(" ")[0]} · heartbeat dev</title>`);
    expect(page.body).toContain(`<body class="${state}"`);
  });

  test.each([
    ["a plain reason", PLAIN],
    ["a nasty reason", NASTY],
  ])("shows %s of a pause, as text", async (_, reason) => {
    const pauses = [{ from: "2026-11-23T22:37Z", reason }];

    const page = await at("2026-11-23T22:40:34Z", { ...beatingTo("2026-11-23T22:36Z"), pauses });

    expect(readAs(headlineOf(page))).toBe(
      `Paused Beats are not counted, on purpose: ${reason.replace(/ $/, "")} since 2026-11-23 22:37 UTC, for 3 min`,
    );
    expect(page.body).not.toContain('<b>"');
  });

  test("shows a streak that began before the last 24 hours as a lower bound, if something was missed before", async () => {
    const page = await at("2026-11-25T22:40:34Z", {
      born: "2026-11-23T20:00Z",
      beaten: ["2026-11-23T20:00Z", ...minutesFrom("2026-11-23T20:02Z", "2026-11-25T22:40Z")],
    });

    expect(headlineOf(page)).toBe(
      "Up A beat is recorded every minute. since at least 2026-11-24 22:41 UTC, for at least 23 h 59 min",
    );
    expect(textOf(page, "<dt>In a row", "</div>")).toBe("1,440 or more beats without a gap");
  });

  test("shows the first beat as the beginning if nothing was ever missed", async () => {
    const page = await at("2026-11-25T22:40:34Z", {
      born: "2026-11-23T20:00Z",
      beaten: minutesFrom("2026-11-23T20:00Z", "2026-11-25T22:40Z"),
    });

    expect(headlineOf(page)).toBe(
      "Up A beat is recorded every minute. since 2026-11-23 20:00 UTC, for 2 d 2 h",
    );
    expect(textOf(page, "<dt>In a row", "</div>")).toBe("all since 2026-11-23 20:00 UTC");
  });

  test("shows a recovery of the last 24 hours, and the length of the outage", async () => {
    const page = await at("2026-11-23T22:40:34Z", {
      born: "2026-11-23T18:00Z",
      beaten: [
        ...minutesFrom("2026-11-23T18:00Z", "2026-11-23T19:33Z"),
        ...minutesFrom("2026-11-23T22:34Z", "2026-11-23T22:40Z"),
      ],
    });

    expect(headlineOf(page)).toBe(
      "Up A beat is recorded every minute. Recovered 6 min ago, after 3 h. Up since 2026-11-23 22:34 UTC",
    );
  });
});

describe("a gap that is cut at the start of the 24 hours", () => {
  const born = "2026-11-10T00:00Z";
  const before = minutesFrom(born, "2026-11-18T22:40Z");

  test("is shown from the newest beat on, if the state is down", async () => {
    const page = await at("2026-11-23T22:40:34Z", { born, beaten: before });

    expect(textOf(page, "<dt>Missed in a row", "</div>")).toBe("7,199 from 2026-11-18 22:41 UTC");
    expect(textOf(page, "<h2>Outages", "</section>")).toBe(
      "2026-11-18 22:41 – 2026-11-23 22:40 UTC 4 d 23 h, ongoing",
    );
  });

  test("is shown from the end of a pause on, if the pause began after the newest beat", async () => {
    const pauses = [{ from: "2026-11-18T22:41Z", to: "2026-11-18T23:10Z" }];

    const page = await at("2026-11-23T22:40:34Z", { born, beaten: before, pauses });

    expect(textOf(page, "<dt>Missed in a row", "</div>")).toBe("7,169 from 2026-11-18 23:11 UTC");
  });

  test("is shown with its whole length after a recovery", async () => {
    const page = await at("2026-11-23T22:40:34Z", { born, beaten: [...before, "2026-11-23T22:40Z"] });

    expect(headlineOf(page)).toContain("after 4 d 23 h.");
  });

  test("begins after the beat before it, if that beat was on the day before", async () => {
    const beaten = [...before, "2026-11-22T12:00Z", "2026-11-23T22:40Z"];

    const page = await at("2026-11-23T22:40:34Z", { born, beaten });

    expect(headlineOf(page)).toContain("after 1 d 10 h.");
  });

  test("is not longer than its 24 hours, if nothing else of that day was missed", async () => {
    const beaten = [...minutesFrom(born, "2026-11-22T22:40Z"), "2026-11-23T22:40Z"];

    const page = await at("2026-11-23T22:40:34Z", { born, beaten });

    expect(headlineOf(page)).toContain("after 23 h 59 min.");
  });

  test("is shown from the first of the 90 days on, or more, if it is longer", async () => {
    const beaten = minutesFrom("2026-06-01T00:00Z", "2026-06-01T12:00Z");

    const down = await at("2026-11-23T22:40:34Z", { born: "2026-06-01T00:00Z", beaten });
    const up = await at("2026-11-23T22:40:34Z", {
      born: "2026-06-01T00:00Z",
      beaten: [...beaten, "2026-11-23T22:40Z"],
    });

    expect(textOf(down, "<dt>Missed in a row", "</div>")).toBe("129,520 or more, from 2026-08-26 00:00 UTC");
    expect(headlineOf(up)).toContain("after 89 d 22 h or more.");
  });

  test("is shown for the 24 hours, or more, if a beat was recorded between the reads of the snapshot and of the past", async () => {
    const facts = { born, beaten: [...before, "2026-11-23T22:40Z"] };
    const past = await readPast({ past: pastReaderOf(facts) }, historyOf(facts), NOW, RULES);

    const page = renderPage(pulse(historyOf(facts), NOW, RULES), { ...past, outages: [] }, inPath("/"));

    expect(headlineOf(page)).toContain("after 23 h 59 min or more.");
  });
});

test("the page shows the figures of the snapshot", async () => {
  const page = await at("2026-11-23T22:40:34Z", {
    born: "2026-11-23T20:00Z",
    beaten: [...minutesFrom("2026-11-23T20:00Z", "2026-11-23T21:59Z"), "2026-11-23T22:02Z"],
  });

  expect(textOf(page, '<dl class="facts">', "</dl>")).toBe(
    "Last beat 22:02 2026-11-23 22:02 UTC Missed in a row 37 from 2026-11-23 22:03 UTC Beats 121 of 160 expected, 39 missed Lateness 0.0 s median; 95 % within 0.0 s",
  );
  expect(textOf(page, "<h2>Uptime", "</section>")).toBe(
    "1 hour 33.898 % 24 hours 75.625 % 7 days 75.625 % 30 days 75.625 % 90 days 75.625 % ever 75.625 %",
  );
  expect(textOf(page, "<h2>Outages", "</section>")).toBe(
    "2026-11-23 22:03 – 22:40 UTC 37 min, ongoing 2026-11-23 22:00 – 22:02 UTC 2 min",
  );
});

test("the page shows the end of an outage and of a pause as the minute after the last one, and each length on one line", async () => {
  const page = await at("2026-11-23T22:40:34Z", {
    born: "2026-11-23T18:00Z",
    beaten: [
      ...minutesFrom("2026-11-23T18:00Z", "2026-11-23T19:33Z"),
      ...minutesFrom("2026-11-23T22:35Z", "2026-11-23T22:38Z"),
      "2026-11-23T22:40Z",
    ],
    pauses: [{ from: "2026-11-23T22:39Z", to: "2026-11-23T22:39Z", reason: "a b" }],
  });

  const listOf = (title: string) =>
    page.body
      ?.split(`<h2>${title}</h2>`)[1]
      ?.split("</section>")[0]
      ?.replaceAll(/<[^>]*>/g, "");
  expect([listOf("Outages"), listOf("Ended pauses")]).toEqual([
    "2026-11-23 19:34 – 22:35 UTC 3\u00a0h\u00a01\u00a0min",
    "2026-11-23 22:39 UTC a b",
  ]);
  expect(page.body).toContain(
    "Recovered 5\u00a0min ago, after 3\u00a0h\u00a01\u00a0min. Up since 2026-11-23 22:35 UTC",
  );
  expect(page.body).toContain(' data-outage="3\u00a0h\u00a01\u00a0min"');
});

test("the page shows no outage and no figures before the first beat", async () => {
  const page = await at("2026-11-23T22:40:34Z", {});

  expect(textOf(page, '<dl class="facts">', "</dl>")).toBe(
    "First beat 22:41 expected at 2026-11-23 22:41 UTC Beats 0 none yet",
  );
  expect(textOf(page, "<h2>Uptime", "</section>")).toMatch(/^1 hour – 24 hours – .* ever –$/);
  expect(textOf(page, "<h2>Outages", "</section>")).toBe("None since 2026-08-26.");
});

test("the page shows the number of further outages", async () => {
  const every = minutesFrom("2026-11-23T20:00Z", "2026-11-23T22:40Z").filter((_, n) => n % 2 === 0);

  const page = await at("2026-11-23T22:40:34Z", { born: "2026-11-23T20:00Z", beaten: every });

  expect(textOf(page, "<h2>Outages", "</section>")).toMatch(/and 75 more since 2026-11-23$/);
});

test.each([
  ["2026-11-23T22:40Z", "2026-11-23T22:40Z", "2026-11-23 22:40"],
  ["2026-11-23T22:40Z", "2026-11-23T22:41Z", "2026-11-23 22:40 – 22:41"],
  ["2026-11-23T23:59Z", "2026-11-24T00:00Z", "2026-11-23 23:59 – 2026-11-24 00:00"],
])("formats the range from %s to %s as %s", (from, to, expected) => {
  expect(range({ from, to })).toBe(expected);
});

describe("the trace", () => {
  const marks = (...last: ("beaten" | "missed" | "covered" | "pending" | null)[]) => ({
    from: "2026-11-23T21:41Z",
    marks: [...Array<"beaten">(60 - last.length).fill("beaten"), ...last],
  });

  test("has a spike for each beat and a flat line for each missed minute", () => {
    const { text } = trace(marks("missed", "missed", "covered", "beaten", "pending"), 1);

    const [quiet = "", covered = "", beats = "", gaps = ""] = text.split("<path").slice(1);
    expect(beats.match(/l1-9/g)).toHaveLength(56);
    expect([quiet, covered, gaps].map((line) => line.match(/ d="M0 12(.*?)"/)?.[1])).toEqual([
      ...["m590 0h10", "m570 0h10m20 0", "m550 0h20m30 0"],
    ]);
  });

  test.each([
    [marks(), "60 of the last 60 minutes were counted; none was missed."],
    [marks("missed", "beaten", "pending"), "58 of the last 60 minutes were counted; missed: 22:38."],
    [
      marks("missed", "missed", "covered", "missed", "pending"),
      "55 of the last 60 minutes were counted; missed: 22:36 – 22:38, 22:39; paused: 22:38.",
    ],
  ])("has a description as its accessible name", (series, words) => {
    expect(trace(series, 1).text).toContain(`role="img" aria-label="${words}"`);
  });
});

test("the trace of beats every 5 minutes describes their times", () => {
  const marks = [...Array<"beaten">(57).fill("beaten"), "missed" as const, "missed" as const, null];

  expect(trace({ from: "2026-11-23T17:45Z", marks }, 5).text).toContain(
    'aria-label="57 of the last 60 beats, one every 5 minutes, were counted; missed: 22:30 – 22:40."',
  );
});

describe("a bar", () => {
  test.each([
    ["all counted", 60, 0, 0, "", "60 of 60 counted"],
    ["one missed minute", 59, 1, 0, " class=m2", "59 of 60 counted"],
    ["half missed", 30, 30, 0, " class=m14", "30 of 60 counted"],
    ["all but one missed", 1, 59, 0, " class=m23", "1 of 60 counted"],
    ["all missed", 0, 60, 0, " class=m25", "0 of 60 counted"],
    ["half paused", 30, 0, 30, " class=p14", "30 of 30 counted, 30\u00a0min paused"],
    ["all paused", 0, 0, 60, " class=p25", "1\u00a0h paused"],
    ["parts of each", 20, 20, 20, ' class="m10 p10"', "20 of 40 counted, 20\u00a0min paused"],
    ["paused and missed", 0, 59, 1, ' class="m23 p2"', "0 of 59 counted, 1\u00a0min paused"],
    ["nothing measured", 0, 0, 0, " class=n", "not measured"],
  ])(
    "of %s has its heights, a description and a link to its day",
    (_, beaten, missed, covered, name, words) => {
      const hour = { from: "2026-11-23T22:00Z", beaten, missed, covered };

      expect(hourBars([hour]).text).toContain(
        `<li${name}><a href="?day=2026-11-23#h22"><i>22:00 – 23:00 UTC: ${words}</i></a>`,
      );
      expect(dayBars([{ ...hour, from: "2026-11-23" }]).text).toContain(
        `<li${name}><a href="?day=2026-11-23"><i>2026-11-23: ${words}</i></a>`,
      );
    },
  );

  test("of one missed minute differs from one of three missed hours", () => {
    const [one, many] = [1, 180].map(
      (missed) => dayBars([{ from: "2026-11-23", beaten: 1_440 - missed, missed, covered: 0 }]).text,
    );

    expect(one).toContain("class=m2>");
    expect(many).toContain("class=m5>");
  });
});

test("the page explains grey bars as not measured: before the first beat, or of an earlier interval", async () => {
  const page = await at("2026-11-23T22:40:34Z", beatingTo("2026-11-23T22:40Z"));

  expect(textOf(page, '<p class="key">', "</p>")).toBe("counted missed paused not measured");
});

test("the page names the day since which outages are known, after a change of the interval", async () => {
  const early = minutesFrom("2026-11-20T00:00Z", "2026-11-22T23:59Z");
  const { born, beaten = [] } = beatingTo("2026-11-23T22:40Z");

  const page = await at("2026-11-23T22:40:34Z", { born, beaten: [...early, ...beaten] });

  expect(textOf(page, "<h2>Outages", "</section>")).toBe("None since 2026-11-23.");
});

test("the page has bars for 24 hours and 90 days", async () => {
  const { body = "" } = await at("2026-11-23T22:40:34Z", beatingTo("2026-11-23T22:40Z"));

  const bars = body.split('<ol class="bars').slice(1);
  expect(bars.map((part) => part.split("</ol>")[0]?.match(/<li/g)?.length)).toEqual([24, 90]);
});

describe("the document", () => {
  // The largest content: millions of beats, 90 days each with something missed, gaps over midnight.
  const facts = {
    born: "2026-08-01T00:00Z",
    beaten: minutesFrom("2026-08-01T00:00Z", "2026-11-23T22:40Z").filter((_, n) => n % 3 !== 0),
    pauses: [{ from: "2026-11-23T22:41Z", reason: "&".repeat(200) }],
  };
  const most = { ...historyOf(facts), born: "2001-01-01T00:00Z", beats: 12_345_678 };
  const largest = (path = "/") => at("2026-11-23T22:40:34Z", facts, { path, history: most });
  let headers: Reply["headers"];
  let body: string;
  beforeAll(async () => {
    ({ headers, body = "" } = await largest());
  });

  test("is smaller than 32 kB with the largest content", () => {
    expect(body).toContain("&#38;".repeat(200));
    expect(Buffer.byteLength(body)).toBeLessThan(32_000);
  });

  test.each([
    ["/", "./"],
    ["/heartbeat", "./heartbeat/"],
    ["/heartbeat/", "./"],
    ["/team/heartbeat", "./heartbeat/"],
    ["/a:b", "./a:b/"],
    ['/"><b>', "./&#34;&#62;&#60;b&#62;/"],
  ])("requested as %s has the base %s, also when the beats cannot be read", async (path, base) => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const known = await largest(path);
    const unknown = renderPageError(new Error("no answer"), inPath(path));

    expect(known.body).toContain(`<base href="${base}">`);
    expect(unknown.body).toContain(`<base href="${base}">`);
  });

  test("names the version of its style and script", () => {
    const [style, script] = ["style", "script"].map(
      (tag) => body.split(`<${tag}>`)[1]?.split(`</${tag}>`)[0] ?? "",
    );
    const version = createHash("sha256").update(`${style}${script}`).digest("base64").slice(0, 8);

    expect(body).toContain(` data-version="${version}">`);
  });

  test("allows only its own style and script, by their hashes", () => {
    const policy = String(headers?.["content-security-policy"]);
    const hashOf = (tag: string) => {
      const text = body.split(`<${tag}>`)[1]?.split(`</${tag}>`)[0] ?? "";
      return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
    };

    expect(policy.split("; ")).toEqual([
      "default-src 'none'",
      `style-src ${hashOf("style")}`,
      `script-src ${hashOf("script")}`,
      "connect-src 'self'",
      "img-src data:",
      "base-uri 'self'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
    expect(body).not.toMatch(/<[^>]* (?:on\w+|style)=|@import|url\(|(?:src|href)="(?!data:)(?:\w+:|\/\/)/);
  });

  test("is HTML that caches revalidate for each request", () => {
    expect(headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-cache",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    });
  });

  test("stays the same while nothing changes within a minute", async () => {
    const facts = beatingTo("2026-11-23T22:40Z");

    expect(await at("2026-11-23T22:40:01Z", facts)).toEqual(await at("2026-11-23T22:40:59Z", facts));
  });
});

describe("a page whose snapshot cannot be read", () => {
  let logged: unknown[];
  beforeEach(() => {
    logged = [];
    vi.spyOn(console, "error").mockImplementation((line) => logged.push(line));
  });
  afterEach(() => vi.restoreAllMocks());

  test.each([
    [503, new StoreUnavailableError("the history could not be read", new Error("secret-table is gone"))],
    [500, new MalformedRowError("row live: beats has an unexpected value: -1")],
  ])("has status %i, shows unknown, and logs the cause", (status, fault) => {
    const page = renderPageError(fault, inPath("/"));

    expect(page.statusCode).toBe(status);
    expect(page.headers?.["cache-control"]).toBe("no-store");
    expect(headlineOf(page)).toBe("Unknown The beats cannot be read at the moment.");
    expect(textOf(page, "<main>", "</main>")).toBe(headlineOf(page));
    expect(page.body).not.toContain("Down ");
    expect(page.body).not.toMatch(/secret|row live/);
    expect(logged).toEqual([{ error: expect.stringContaining(fault.message) }]);
  });
});
