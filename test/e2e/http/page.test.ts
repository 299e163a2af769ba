import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { fromIndex } from "../../../lib/domain/minute.ts";
import { connect } from "../../support/databases/table.ts";
import { type MappedPath, mapPath } from "../../support/fakes/mapped-path.ts";
import { becomeHeart } from "../../support/fixtures/hearts.ts";
import type { Facts } from "../../support/fixtures/history.ts";
import { NASTY, PLAIN } from "../../support/fixtures/reasons.ts";
import { createCheckout } from "../../support/processes/checkout.ts";
import { type Service, startService } from "../../support/processes/service.ts";
import {
  accessViolations,
  hasChromium,
  launchChromium,
  watchedPage,
} from "../../support/programs/browser.ts";

const folder = createCheckout();
const TABLE = "heartbeat-dev-beats";

/** The minute of now. */
const thisMinute = () => Math.floor(Date.now() / 60_000);

/** A heart that beat for 3 days, to so many minutes ago, and missed an hour of yesterday. */
const beatTo = (minutesAgo: number): Facts => {
  const last = thisMinute();
  const born = last - 3 * 1_440;
  const beaten = Array.from({ length: last - born + 1 - minutesAgo }, (_, n) => born + n);
  const rest = beaten.filter((minute) => minute < last - 1_000 || minute > last - 941);
  return { born: fromIndex(born), beaten: rest.map((minute) => fromIndex(minute)) };
};

/** Each state by what is stored, chosen so that it stays for 30 seconds at least. */
const HEARTS = {
  New: () => ({}),
  Up: () => beatTo(0),
  Late: () => beatTo(3),
  Down: () => beatTo(9),
  Paused: () => ({ ...beatTo(9), pauses: [{ from: fromIndex(thisMinute() - 8), reason: NASTY }] }),
};

const SCHEMES = ["light", "dark"] as const;

describe.skipIf(!hasChromium)("the page in Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
  afterAll(() => browser.close());

  describe("of a service that runs", () => {
    let service: Service;
    let db: DynamoDBDocumentClient;
    beforeAll(async () => {
      service = await startService({ folder, env: { DYNAMODB: "embedded" } });
      db = connect(service.databaseUrl);
    });

    describe.each(Object.entries(HEARTS))("and whose heart is %s", (word, heart) => {
      // Before each test, not once: on a loaded machine all of them take longer than a state lasts.
      beforeEach(() => becomeHeart(db, TABLE, heart()));

      test.each(SCHEMES)("says so, asks nobody else, and is open to all, in %s", async (colorScheme) => {
        const { page, complaints, requests } = await watchedPage(browser, { colorScheme });

        await page.goto(service.url);
        await heardOf(page);

        expect(await headline(page)).toBe(word);
        expect(await page.title()).toBe(`${word} · heartbeat`);
        expect(await accessViolations(page)).toEqual([]);
        expect(complaints).toEqual([]);
        expect(requests.filter((url) => !url.startsWith(`${service.url}/`))).toEqual([]);
      });

      test.each([320, 390, 1_280])("fits %i pixels without scrolling sideways", async (width) => {
        const { page } = await watchedPage(browser, { viewport: { width, height: 800 } });
        await page.goto(service.url);
        for (const bar of await page.locator(".bars").all()) {
          await bar.locator("li").last().hover();
          expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
        }
      });

      test("says so without JavaScript", async () => {
        const { page, complaints } = await watchedPage(browser, { javaScriptEnabled: false });

        await page.goto(service.url);

        expect(await headline(page)).toBe(word);
        expect(await page.locator(".facts div").first().textContent()).toMatch(
          /^Beats[\d,]+of [\d,]+ expected/,
        );
        expect(complaints).toEqual([]);
      });
    });

    describe("and whose heart beats", () => {
      beforeAll(() => becomeHeart(db, TABLE, beatTo(0)));

      test("shows each bar in words by the keyboard alone, with its focus in sight", async () => {
        const { page } = await watchedPage(browser, { viewport: { width: 390, height: 800 } });
        await page.goto(service.url);

        const told = [];
        for (let bar = 0; bar < 24 + 90; bar++) {
          await page.keyboard.press("Tab");
          told.push(await page.evaluate(FOCUSED));
        }

        const hour = /^\d{4}-\d\d-\d\d \d\d:00 – \d\d:59: (\d+ of \d+ counted|nothing expected)$/;
        const day = /^\d{4}-\d\d-\d\d: ([\d,]+ of [\d,]+ counted|nothing expected)$/;
        expect(told).toEqual(
          Array.from({ length: 24 + 90 }, (_, n) => ({
            text: expect.stringMatching(n < 24 ? hour : day),
            ...{ shown: true, lines: 1, outline: "solid" },
          })),
        );
        await page.keyboard.press("Tab");
        expect(await page.evaluate("document.activeElement.href")).toBe(`${service.url}/status`);
      });

      test("shows a bar in words when it is pointed at, and then no more", async () => {
        const { page } = await watchedPage(browser);
        await page.goto(service.url);
        const clip = () =>
          page.evaluate("getComputedStyle(document.querySelectorAll('.bars i')[7]).clipPath");

        expect(await clip()).toBe("inset(50%)");
        await page.locator(".bars li").nth(7).hover();
        expect(await clip()).toBe("none");
        await page.mouse.move(0, 0);
        expect(await clip()).toBe("inset(50%)");
      });

      test("moves only where motion is welcome", async () => {
        const moving = async (reducedMotion: "reduce" | "no-preference") => {
          const { page } = await watchedPage(browser, { reducedMotion });
          await page.goto(service.url);
          return page.evaluate("document.getAnimations().length");
        };

        expect([await moving("no-preference"), await moving("reduce")]).toEqual([1, 0]);
      });

      test("ticks, then turns late and down by its own clock, when nothing new is heard", async () => {
        const { page, complaints } = await watchedPage(browser);
        await page.clock.install();
        await page.goto(service.url);
        await heardOf(page);
        const status = JSON.parse((await service.request("GET", "/status")).body.toString());
        const { lateAt, downAt } = status;
        const start = Date.parse(status.now);
        const [late, down] = [Date.parse(lateAt) - start, Date.parse(downAt) - start];
        // The service's answer of now, whose state is up, by a clock that goes with the page's.
        await page.route("**/status", (route) =>
          route.fulfill({ json: { ...status, now: new Date(start + passed).toISOString() } }),
        );

        const told = [];
        let passed = 0;
        // An answer that is still awaited at the next leap comes too late, and the page no longer knows.
        const heardNow = () =>
          page.locator("#heard", { hasText: new Date(start + passed).toISOString().slice(11, 19) }).waitFor();
        for (const moment of [late - 10_000, late + 2_000, down - 10_000, down + 2_000]) {
          // By leaps that are too short for the last answer to grow stale.
          while (passed < moment) {
            if (passed > 0) await heardNow();
            const leap = Math.min(60_000, moment - passed);
            passed += leap;
            await page.clock.fastForward(leap);
          }
          told.push([await headline(page), await page.title(), await since(page), await age(page)]);
        }

        expect(told).toEqual([
          ["Up", "Up · heartbeat", expect.any(String), expect.stringMatching(/^2 min 2\d s ago$/)],
          ["Late", "Late · heartbeat", sinceOf(lateAt), expect.stringMatching(/^2 min 3\d s ago$/)],
          ["Late", "Late · heartbeat", sinceOf(lateAt), expect.stringMatching(/^4 min 2\d s ago$/)],
          ["Down", "Down · heartbeat", sinceOf(downAt), expect.stringMatching(/^4 min 3\d s ago$/)],
        ]);
        expect(complaints).toEqual([]);
      });
    });

    test("an open page takes over what happens, and leaves the focus where it is", async () => {
      await becomeHeart(db, TABLE, beatTo(9));
      const { page, complaints } = await watchedPage(browser);
      await page.clock.install();
      await page.goto(service.url);
      await heardOf(page);
      await page.locator(".bars li").nth(100).focus();
      const before = { titled: await page.title(), beats: await beats(page) };

      await service.deliver({});
      await page.clock.fastForward(16_000);
      await titled(page, "Up");

      expect(before.titled).toBe("Down · heartbeat");
      expect(await headline(page)).toBe("Up");
      expect(await beats(page)).toBe(before.beats + 1);
      expect(
        await page.evaluate("document.querySelectorAll('.bars li')[100] === document.activeElement"),
      ).toBe(true);
      expect(complaints).toEqual([]);
    });

    /** A page, and a way to make it look again. */
    const openPage = async (heart: Facts) => {
      await becomeHeart(db, TABLE, heart);
      const { page, complaints } = await watchedPage(browser);
      await page.clock.install();
      await page.goto(service.url);
      await heardOf(page);
      await page.evaluate("document.body.mark = 'never reloaded'");
      const look = () => page.clock.fastForward(16_000);
      const notReloaded = async () => (await page.evaluate("document.body.mark")) === "never reloaded";
      return { page, complaints, look, notReloaded };
    };

    test.each([
      ["a plain reason", PLAIN],
      ["a nasty reason, as text", NASTY],
    ])("an open page shows a pause for %s, and the resume", async (_, reason) => {
      const { page, complaints, look, notReloaded } = await openPage(beatTo(0));
      const told = [await said(page)];

      await service.invoke("settings", { pause: reason });
      await look();
      await titled(page, "Paused");
      told.push(await said(page));
      const violations = await accessViolations(page);
      const inserted = await page.locator("main b").count();
      await service.invoke("settings", { resume: true });
      await service.invoke("settings", { pause: "another reason" });
      await look();
      await page.locator("#said", { hasText: "another" }).waitFor();
      told.push(await said(page));
      await service.invoke("settings", { resume: true });
      await look();
      await titled(page, "Up");
      told.push(await said(page));

      expect(told).toEqual([
        "A beat is recorded every minute.",
        `Beats are not counted, on purpose: ${reason}`,
        "Beats are not counted, on purpose: another reason",
        "A beat is recorded every minute.",
      ]);
      expect([violations, inserted]).toEqual([[], 0]);
      expect(await notReloaded()).toBe(true);
      expect(complaints).toEqual([]);
    });

    test("an open page follows new rules, and the stage's when they are taken back", async () => {
      // Silent for five minutes.
      const { page, complaints, look, notReloaded } = await openPage(beatTo(5));
      const told = async () => [await headline(page), await page.locator(".rules").textContent()];
      const rulesOf = (late: string, down: string) =>
        `Late ${late} after the start of the newest counted minute, down after ${down}.`;
      const seen = [await told()];
      const each = [
        { rules: { lateAfter: 300, downAfter: 1_200 }, tells: ["Late", rulesOf("5 minutes", "20 minutes")] },
        { rules: { downAfter: 1_500 }, tells: ["Late", rulesOf("5 minutes", "25 minutes")] },
        { rules: { lateAfter: 900 }, tells: ["Up", rulesOf("15 minutes", "25 minutes")] },
        {
          rules: { lateAfter: null, downAfter: null },
          tells: ["Down", rulesOf("2 minutes 30 seconds", "4 minutes 30 seconds")],
        },
      ];

      for (const { rules, tells } of each) {
        await service.invoke("settings", rules);
        await look();
        await page.locator(".rules", { hasText: tells[1] ?? "" }).waitFor();
        await titled(page, tells[0] ?? "");
        seen.push(await told());
      }

      expect(seen).toEqual([
        ["Down", rulesOf("2 minutes 30 seconds", "4 minutes 30 seconds")],
        ...each.map(({ tells }) => tells),
      ]);
      expect(await notReloaded()).toBe(true);
      expect(complaints).toEqual([]);
    });

    test("a browser without AbortSignal.timeout follows the service, and shows unknown when it stops", async () => {
      await becomeHeart(db, TABLE, beatTo(0));
      const { page, complaints } = await watchedPage(browser);
      await page.clock.install();
      await page.addInitScript("delete AbortSignal.timeout");
      await page.goto(service.url);
      await heardOf(page);
      const before = await headline(page);

      await page.route("**/status", (route) => route.abort());
      await page.clock.fastForward(16_000);
      await page.locator("h1", { hasText: "Unknown" }).waitFor();

      expect(before).toBe("Up");
      expect(complaints.filter((text) => !text.includes("ERR_FAILED"))).toEqual([]);
    });

    test.each(["fetch", "AbortController", "DOMParser"])(
      "a browser without %s shows unknown instead of the state that was sent once",
      async (name) => {
        await becomeHeart(db, TABLE, beatTo(0));
        const { page, complaints } = await watchedPage(browser);
        await page.clock.install();
        await page.addInitScript(`delete window.${name}`);
        await page.goto(service.url);

        // The page itself is needed as soon as the minute is another.
        await page.clock.fastForward(16_000);
        if (name === "DOMParser") {
          await service.deliver({});
          await page.clock.fastForward(76_000);
        }

        await page.locator("h1", { hasText: "Unknown" }).waitFor();
        expect(complaints).toEqual([]);
      },
    );

    test("an open page whose service does not answer shows unknown after 10 seconds", async () => {
      const { page, look } = await openPage(beatTo(0));
      const asked = page.waitForRequest("**/status");
      await page.route("**/status", () => {});

      await look();
      await asked;
      const before = await headline(page);
      await page.clock.fastForward(10_000);
      await page.locator("h1", { hasText: "Unknown" }).waitFor();

      expect(before).toBe("Up");
    });

    test.each<[string, (status: Record<string, unknown>) => unknown]>([
      ["null", () => null],
      ["an empty object", () => ({})],
      ["an unknown state", (status) => ({ ...status, state: "asleep" })],
      ["an unreadable time", (status) => ({ ...status, now: "2026-11-23 around noon" })],
      ["a pause that is missing", (status) => ({ ...status, state: "paused", lateAt: null, pause: null })],
    ])("an open page that is answered with %s shows unknown, and recovers", async (_, change) => {
      const { page, complaints, look } = await openPage(beatTo(0));
      const status = JSON.parse((await service.request("GET", "/status")).body.toString());

      await page.route("**/status", (route) => route.fulfill({ json: change(status) }));
      await look();
      await page.locator("h1", { hasText: "Unknown" }).waitFor();
      const shown = [await since(page), await age(page)];
      await page.unroute("**/status");
      await look();
      await page.locator("h1", { hasText: "Up" }).waitFor();

      expect(shown).toEqual([expect.stringMatching(/^last reply at /), "?"]);
      expect(complaints).toEqual([]);
    });

    describe("an open page whose machine slept for an hour", () => {
      /** The page, when its machine is awake again and its first request is not answered yet. */
      const wokenPage = async () => {
        const { page, complaints } = await openPage(beatTo(0));
        const shown = `(() => {
          window.shown = [];
          const note = () => window.shown.push(document.getElementById("word").textContent);
          new MutationObserver(note).observe(document.body, {
            ...{ subtree: true, childList: true, characterData: true, attributes: true },
          });
        })()`;
        await page.evaluate(shown);
        let answer = (_: object | undefined) => {};
        const answered = new Promise<object | undefined>((resolve) => {
          answer = resolve;
        });
        const asked = page.waitForRequest("**/status");
        await page.route("**/status", async (route) => {
          const json = await answered;
          return json === undefined ? route.abort() : route.fulfill({ json });
        });
        // The clock has moved on, and no timer has run meanwhile.
        await page.clock.fastForward(3_600_000);
        await asked;
        await page.clock.runFor(3_000);
        const words = async () => new Set(await page.evaluate<string[]>("window.shown"));
        return { page, complaints, answer, words };
      };

      test("asks before it shows anything else, and then shows the answer", async () => {
        const { page, complaints, answer, words } = await wokenPage();
        const before = [await headline(page), ...(await words())];
        const status = JSON.parse((await service.request("GET", "/status")).body.toString());
        // The service has beaten all the while: its answer is that of now, an hour later.
        const later = (time: string) =>
          `${new Date(Date.parse(time) + 3_600_000).toISOString().slice(0, -5)}Z`;
        const [now, lateAt, downAt] = [later(status.now), later(status.lateAt), later(status.downAt)];

        answer({ ...status, now, lateAt, downAt });
        await page.locator("#heard", { hasText: now.slice(11, 19) }).waitFor();

        expect(before.filter((word) => word !== "Up")).toEqual([]);
        expect([...(await words())].filter((word) => word !== "Up")).toEqual([]);
        expect(await headline(page)).toBe("Up");
        expect(complaints).toEqual([]);
      });

      test("shows unknown when it is not answered, and never down", async () => {
        const { page, answer, words } = await wokenPage();

        answer(undefined);
        await page.locator("h1", { hasText: "Unknown" }).waitFor();

        expect([...(await words())].filter((word) => !["Up", "Unknown"].includes(word))).toEqual([]);
      });

      test("asks again when the request from before is still open", async () => {
        const { page, look } = await openPage(beatTo(0));
        const first = page.waitForRequest("**/status");
        await page.route("**/status", () => {}, { times: 1 });
        await look();
        await first;
        const second = page.waitForResponse("**/status");

        await page.evaluate("(() => { const now = Date.now; Date.now = () => now() + 3_600_000; })()");
        await page.evaluate("dispatchEvent(new Event('pageshow'))");

        expect((await second).status()).toBe(200);
        expect(await headline(page)).toBe("Up");
      });
    });

    describe("an open page whose next request is not due", () => {
      const pausedPage = async () => {
        const { page } = await openPage(beatTo(0));
        // No timer runs out from here on.
        await page.clock.pauseAt(Date.now() + 5_000);
        return page;
      };

      test("asks when its clock is set back", async () => {
        const page = await pausedPage();
        const answered = page.waitForResponse("**/status");

        await page.evaluate("(() => { const now = Date.now; Date.now = () => now() - 7_200_000; })()");
        await page.clock.runFor(1_000);

        expect((await answered).status()).toBe(200);
      });

      test("asks when the network returns", async () => {
        const page = await pausedPage();
        let asked = 0;
        page.on("request", () => asked++);

        // While a request is in flight, the page starts no second one.
        const returns = async () => {
          await page.evaluate("dispatchEvent(new Event('online'))");
          return asked;
        };

        await expect.poll(returns, { timeout: 30_000 }).toBeGreaterThan(0);
      });
    });

    describe("an open page of another version than the service", () => {
      /** Serves the page as a later version would; every document that is loaded, is in `loaded`. */
      const upgrade = async (page: Page, change: (markup: string) => string) => {
        const loaded: string[] = [];
        await page.route(`${service.url}/`, async (route) => {
          const reply = await route.fetch();
          const body = change(await reply.text());
          if (route.request().isNavigationRequest()) loaded.push(body);
          await route.fulfill({ response: reply, body });
        });
        return loaded;
      };
      const nextVersion = (markup: string) =>
        markup.replace(/data-version="[^"]*"/, 'data-version="next"').replace("<h1 ", "<h1 lang=en ");

      test("is loaded anew, once", async () => {
        const { page, look, notReloaded } = await openPage(beatTo(0));
        const loaded = await upgrade(page, nextVersion);

        await service.invoke("settings", { pause: "upgrade" });
        await look();
        await page.locator("h1[lang=en]", { hasText: "Paused" }).waitFor();
        await heardOf(page);
        await service.invoke("settings", { resume: true });
        await look();
        await titled(page, "Up");

        expect(await notReloaded()).toBe(false);
        expect(loaded).toHaveLength(1);
      });

      test("is loaded anew when it cannot read the new version's /status", async () => {
        const { page, look } = await openPage(beatTo(0));
        const loaded = await upgrade(page, nextVersion);
        await page.route("**/status", (route) => route.fulfill({ json: { shape: "next" } }));

        await look();
        await page.locator("h1", { hasText: "Unknown" }).waitFor();
        await look();
        await page.locator("h1[lang=en]").waitFor();

        expect(loaded.length).toBeGreaterThan(0);
      });

      test("shows unknown, and is not loaded anew, when a page of another service answers", async () => {
        const { page, look, notReloaded } = await openPage(beatTo(0));
        await upgrade(page, () => "<!doctype html><title>Sign in</title><h1>Sign in</h1>");

        await service.invoke("settings", { pause: "sign in" });
        await look();
        await page.locator("h1", { hasText: "Unknown" }).waitFor();
        await service.invoke("settings", { resume: true });

        expect(await notReloaded()).toBe(true);
      });

      test("removes the attributes that the new markup does not have", async () => {
        const { page, look } = await openPage(beatTo(0));
        await page.evaluate("document.querySelector('.facts').setAttribute('data-old', '')");

        await service.invoke("settings", { pause: "attributes" });
        await look();
        await titled(page, "Paused");
        await service.invoke("settings", { resume: true });

        await page.locator(".facts[data-old]").waitFor({ state: "detached" });
      });
    });

    describe("under a mapped path", () => {
      let mapped: MappedPath;
      beforeAll(async () => {
        mapped = await mapPath("/team/heartbeat", service.url);
      });
      afterAll(() => mapped.stop());

      test.each(["", "/", "?from=mail#top"])(
        "the page at the path with %j asks and links below it",
        async (end) => {
          await becomeHeart(db, TABLE, beatTo(9));
          const { page, complaints, requests } = await watchedPage(browser);
          await page.clock.install();
          await page.goto(`${mapped.url}${end}`);
          await heardOf(page);

          await service.deliver({});
          await page.clock.fastForward(16_000);
          await titled(page, "Up");

          expect([...new Set(requests.slice(1))].sort()).toEqual([`${mapped.url}/`, `${mapped.url}/status`]);
          expect(await page.evaluate("[...document.links].map(({ href }) => href)")).toEqual(
            ["status", "health"].map((name) => `${mapped.url}/${name}`),
          );
          expect(complaints).toEqual([]);
        },
      );
    });

    describe("a page of another origin", () => {
      const elsewhere = createServer((_, response) => {
        response
          .writeHead(200, { "content-type": "text/html" })
          .end("<!doctype html><title>elsewhere</title>");
      });
      let url: string;
      beforeAll(async () => {
        await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
        url = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`;
      });
      afterAll(() => {
        elsewhere.closeAllConnections();
        elsewhere.close();
      });

      test.each([
        ["Cache-Control", "no-cache"],
        ["Pragma", "no-cache"],
        ["If-None-Match", '"else"'],
        ["Content-Type", "application/json"],
        ["Authorization", "Bearer of-the-tool"],
        ["X-Requested-With", "XMLHttpRequest"],
        ["traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"],
      ])("reads /status and the etag of /badge.json with the header %s", async (name, value) => {
        await becomeHeart(db, TABLE, beatTo(0));
        const { page, complaints } = await watchedPage(browser);
        await page.goto(url);

        const read = await page.evaluate(
          async ({ service, headers }) => {
            const status = await fetch(`${service}/status`, { headers });
            const badge = await fetch(`${service}/badge.json`, { headers });
            return { state: JSON.parse(await status.text()).state, etag: badge.headers.get("etag") };
          },
          { service: service.url, headers: { [name]: value } },
        );

        expect(read).toEqual({ state: "up", etag: expect.stringMatching(/^"[\w-]+"$/) });
        expect(complaints.filter((text) => !text.includes("favicon"))).toEqual([]);
      });
    });

    test("a page that was drawn a while ago asks for no more than what changed", async () => {
      await becomeHeart(db, TABLE, beatTo(0));
      const { page, requests } = await watchedPage(browser);
      await page.clock.install();
      await page.goto(service.url);
      await heardOf(page);

      for (let n = 0; n < 2; n++) {
        const answered = page.waitForResponse("**/status");
        await page.clock.fastForward(16_000);
        await answered;
      }

      // A minute may have passed meanwhile, once, and the leap may have cut that answer short.
      const paths = requests.map((url) => new URL(url).pathname);
      expect(paths.filter((path) => path === "/status").length).toBe(3);
      expect(paths.filter((path) => path === "/").length).toBeLessThanOrEqual(3);
    });
  });

  test.each(SCHEMES)("an open page whose service is gone doesn't know, in %s", async (colorScheme) => {
    const service = await startService({ folder, env: { DYNAMODB: "embedded" } });
    await becomeHeart(connect(service.databaseUrl), TABLE, beatTo(0));
    const { page } = await watchedPage(browser, { colorScheme });
    await page.clock.install();
    await page.goto(service.url);
    await heardOf(page);

    await service.stop();
    await page.clock.fastForward(16_000);
    await page.locator("h1", { hasText: "Unknown" }).waitFor();
    await page.clock.fastForward(600_000);

    expect(await headline(page)).toBe("Unknown");
    expect(await since(page)).toMatch(/^last reply at \d\d:\d\d:\d\d UTC$/);
    expect(await age(page)).toBe("?");
    expect(await accessViolations(page)).toEqual([]);
  });

  test("a page without a database is 503, says unknown, and knows again when it can be read", async () => {
    const service = await startService({ folder, env: { DYNAMODB: "embedded" } });
    const { page } = await watchedPage(browser);
    await service.killDatabase();
    await page.clock.install();

    const reply = await page.goto(service.url);
    await page.waitForResponse("**/status");

    expect(reply?.status()).toBe(503);
    expect(await headline(page)).toBe("Unknown");
    expect(await accessViolations(page)).toEqual([]);
    const other = await startService({ folder, env: { DYNAMODB: "embedded" } });
    await other.deliver({});
    // As if that one had come back.
    await page.route(/./, (route) =>
      route.continue({ url: route.request().url().replace(service.url, other.url) }),
    );
    await page.clock.fastForward(16_000);
    await page.locator("h1", { hasText: "Up" }).waitFor();
    expect(await beats(page)).toBe(1);
  });
});

const headline = (page: Page) => page.locator("h1").textContent();
const said = (page: Page) => page.locator("#said").textContent();
const since = (page: Page) => page.locator("#since").textContent();
const age = (page: Page) => page.locator("#age").textContent();
const beats = async (page: Page) =>
  Number((await page.locator(".facts dd").first().textContent())?.replaceAll(",", ""));
const sinceOf = (moment: string) => `since ${moment.slice(0, 16).replace("T", " ")} UTC`;

/** Waits until the page, as a tab shows it, is of that state. */
const titled = (page: Page, word: string) =>
  expect.poll(() => page.title(), { timeout: 30_000 }).toBe(`${word} · heartbeat`);

/** Waits until the script has had its first answer. */
const heardOf = (page: Page) => page.locator("#heard", { hasText: /^As of/ }).waitFor();

const FOCUSED = `(() => {
  const bar = document.activeElement, words = bar.querySelector("i");
  return {
    text: words.textContent,
    shown: getComputedStyle(words).clipPath === "none",
    lines: Math.round(words.offsetHeight / parseFloat(getComputedStyle(words).lineHeight)),
    outline: getComputedStyle(bar).outlineStyle,
  };
})()`;
