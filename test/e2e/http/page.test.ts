import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { DARK, LIGHT } from "../../../lib/display/palette.ts";
import { fromIndex } from "../../../lib/domain/minute.ts";
import { connect } from "../../support/databases/table.ts";
import { type MappedPath, mapPath } from "../../support/fakes/mapped-path.ts";
import type { Facts } from "../../support/fixtures/history.ts";
import { populateTable } from "../../support/fixtures/populate-table.ts";
import { NASTY, PLAIN } from "../../support/fixtures/reasons.ts";
import { needs } from "../../support/optional/needs.ts";
import { createCheckout } from "../../support/processes/checkout.ts";
import { type Service, startService } from "../../support/processes/service.ts";
import { accessViolations, launchChromium, watchedPage } from "../../support/programs/browser.ts";

const folder = createCheckout();
const TABLE = "heartbeat-dev-beats";

/** The index of the current minute. */
const thisMinute = () => Math.floor(Date.now() / 60_000);

/** A history of 3 days whose newest beat is `minutesAgo` old, with a missed hour on the day before. */
const beatTo = (minutesAgo: number): Facts => {
  const last = thisMinute();
  const born = last - 3 * 1_440;
  const beaten = Array.from({ length: last - born + 1 - minutesAgo }, (_, n) => born + n);
  const rest = beaten.filter((minute) => minute < last - 1_000 || minute > last - 941);
  return { born: fromIndex(born), beaten: rest.map((minute) => fromIndex(minute)) };
};

/** A history for each state, in which the state lasts for at least 30 seconds. */
const HISTORIES = {
  New: () => ({}),
  Up: () => beatTo(0),
  Late: () => beatTo(3),
  Down: () => beatTo(9),
  Paused: () => ({ ...beatTo(9), pauses: [{ from: fromIndex(thisMinute() - 8), reason: NASTY }] }),
};

const SCHEMES = ["light", "dark"] as const;

describe("the page in Chromium", needs("chromium"), () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
  afterAll(() => browser.close());

  describe("of a running service", () => {
    let service: Service;
    let db: DynamoDBDocumentClient;
    beforeAll(async () => {
      service = await startService({ folder, env: { DYNAMODB: "embedded" } });
      db = connect(service.databaseUrl);
    });

    describe.each(Object.entries(HISTORIES))("in the state %s", (word, history) => {
      // Runs before each test, because on a loaded machine all tests together take longer than a state lasts.
      beforeEach(() => populateTable(db, TABLE, history()));

      test.each(SCHEMES)(
        "shows the state, contacts no other host, and is accessible, in %s",
        async (colorScheme) => {
          const { page, complaints, requests } = await watchedPage(browser, { colorScheme });

          await page.goto(service.url);
          await heardOf(page);

          expect(await headline(page)).toBe(word);
          expect(await page.title()).toBe(`${word} · heartbeat dev`);
          expect(await accessViolations(page)).toEqual([]);
          expect(complaints).toEqual([]);
          expect(requests.filter((url) => !url.startsWith(`${service.url}/`))).toEqual([]);
        },
      );

      test.each([320, 390, 1_280])(
        "fits a width of %i pixels without horizontal scrolling",
        async (width) => {
          const { page } = await watchedPage(browser, { viewport: { width, height: 800 } });
          await page.clock.install();
          await page.goto(service.url);
          await heardOf(page);
          // Stops the refreshes, which can replace a bar while the pointer moves to it.
          await page.clock.pauseAt((await page.evaluate<number>("Date.now()")) + 1_000);
          for (const bar of await page.locator(".bars").all()) {
            await bar.locator("a").last().hover();
            expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
          }
        },
      );

      test("shows the state without JavaScript", async () => {
        const { page, complaints } = await watchedPage(browser, { javaScriptEnabled: false });

        await page.goto(service.url);

        expect(await headline(page)).toBe(word);
        expect(await page.locator(".facts").textContent()).toMatch(
          /Beats(0none yet|[\d,]+of [\d,]+ expected)/,
        );
        expect(await page.locator("#heard").textContent()).toMatch(/^As of \d{4}-\d\d-\d\d \d\d:\d\d UTC$/);
        expect(complaints).toEqual([]);
      });
    });

    describe("while beats arrive", () => {
      beforeAll(() => populateTable(db, TABLE, beatTo(0)));

      test("makes each chart one tab stop, and shows the text of each bar that the arrow keys reach", async () => {
        const { page } = await watchedPage(browser, { viewport: { width: 390, height: 800 } });
        await page.goto(service.url);
        await heardOf(page);

        const seen = [];
        for (const bars of [24, 90]) {
          await page.keyboard.press("Tab");
          for (let bar = 0; bar < bars; bar++) {
            seen.push(await page.evaluate(FOCUSED));
            await page.keyboard.press("ArrowLeft");
          }
        }

        const hour = /^\d\d:00 – \d\d:00 UTC: (\d+ of \d+ counted|not measured)$/;
        const day = /^\d{4}-\d\d-\d\d: ([\d,]+ of [\d,]+ counted|not measured)$/;
        expect(seen).toEqual(
          Array.from({ length: 24 + 90 }, (_, n) => ({
            text: expect.stringMatching(n < 24 ? hour : day),
            ...{ shown: true, outline: "solid" },
          })),
        );
        expect(new Set(seen.map((bar) => JSON.stringify(bar))).size).toBe(24 + 90);
        await page.keyboard.press("End");
        expect(await page.evaluate("document.activeElement.getAttribute('href')")).toBe(
          `?day=${new Date().toISOString().slice(0, 10)}`,
        );
        await page.keyboard.press("Shift+Tab");
        await page.keyboard.press("Home");
        await page.keyboard.press("Tab");
        await page.keyboard.press("Tab");
        expect(await page.evaluate("document.activeElement.closest('.bars')")).toBe(null);
      });

      test("makes all bars reachable with the tab key without JavaScript", async () => {
        const { page } = await watchedPage(browser, { javaScriptEnabled: false });
        await page.goto(service.url);

        expect(await page.locator(".bars a[href]:not([tabindex])").count()).toBe(24 + 90);
      });

      test("shows the text of a bar only while the pointer is over its column, below the heading", async () => {
        const { page } = await watchedPage(browser, { viewport: { width: 390, height: 800 } });
        await page.goto(service.url);
        await heardOf(page);
        const words = page.locator(".days i").nth(80);
        const clip = () =>
          page.evaluate("getComputedStyle(document.querySelectorAll('.days i')[80]).clipPath");

        expect(await clip()).toBe("inset(50%)");
        const column = await page.locator(".days li").nth(80).boundingBox();
        const chart = await page.locator(".days").boundingBox();
        // The top of the column belongs to it, whatever was missed.
        await page.mouse.move((column?.x ?? 0) + 1, (column?.y ?? 0) + 2);
        expect(await clip()).toBe("none");
        expect(column?.height).toBe(chart?.height);
        expect((await words.boundingBox())?.y).toBeGreaterThan((chart?.y ?? 0) + (chart?.height ?? 0));
        await page.mouse.move(0, 0);
        expect(await clip()).toBe("inset(50%)");
      });

      test("is animated only without prefers-reduced-motion", async () => {
        const moving = async (reducedMotion: "reduce" | "no-preference") => {
          const { page } = await watchedPage(browser, { reducedMotion });
          await page.goto(service.url);
          return page.evaluate("document.getAnimations().length");
        };

        expect([await moving("no-preference"), await moving("reduce")]).toEqual([1, 0]);
      });

      test("counts the age of the newest beat, then changes to late and down, while no beat arrives", async () => {
        const { page, complaints } = await watchedPage(browser);
        await page.clock.install();
        await page.goto(service.url);
        await heardOf(page);
        // From here on the page's clock moves only by the jumps below, however slow the machine is.
        await page.clock.pauseAt((await page.evaluate<number>("Date.now()")) + 2_000);
        const status = JSON.parse((await service.request("GET", "/status")).body.toString());
        const { lateAt, downAt } = status;
        const start = Date.parse(status.now);
        const [late, down] = [Date.parse(lateAt) - start, Date.parse(downAt) - start];
        // The service's answer of now, whose state is up, by a clock that goes with the page's.
        await page.route("**/status", (route) =>
          route.fulfill({ json: { ...status, now: new Date(start + passed).toISOString() } }),
        );

        const ago = (words: RegExp) => expect.stringMatching(words);
        const of = (color: "green" | "amber" | "red") => [
          LIGHT[color],
          DARK[color],
          `%23${LIGHT[color].slice(1)}`,
        ];
        const seen = [];
        let passed = 0;
        const heardNow = () =>
          page.locator("#heard", { hasText: new Date(start + passed).toISOString().slice(11, 19) }).waitFor();
        /** Every jump is longer than the 15 s between two requests, and too short for a reply to become stale. */
        const jumpTo = async (moment: number) => {
          for (let jumps = Math.ceil((moment - passed) / 60_000); jumps > 0; jumps--) {
            if (passed > 0) await heardNow();
            const jump = Math.ceil((moment - passed) / jumps);
            passed += jump;
            await page.clock.fastForward(jump);
          }
        };
        // The first reply sets the difference between the two clocks.
        await jumpTo(16_000);
        for (const moment of [late - 15_000, late + 2_000, down - 15_000, down + 2_000]) {
          await jumpTo(moment);
          seen.push([
            await headline(page),
            await page.title(),
            await since(page),
            await age(page),
            await colors(page),
          ]);
        }

        expect(seen).toEqual([
          [
            "Up",
            "Up · heartbeat dev",
            expect.any(String),
            ago(/^2\u00a0min\u00a01[45]\u00a0s ago$/),
            of("green"),
          ],
          [
            "Late",
            "Late · heartbeat dev",
            sinceOf(lateAt),
            ago(/^2\u00a0min\u00a03[12]\u00a0s ago$/),
            of("amber"),
          ],
          [
            "Late",
            "Late · heartbeat dev",
            sinceOf(lateAt),
            ago(/^4\u00a0min\u00a01[45]\u00a0s ago$/),
            of("amber"),
          ],
          [
            "Down",
            "Down · heartbeat dev",
            sinceOf(downAt),
            ago(/^4\u00a0min\u00a03[12]\u00a0s ago$/),
            of("red"),
          ],
        ]);
        expect(complaints).toEqual([]);
      });
    });

    test("an open page shows a new beat and keeps the focus", async () => {
      await populateTable(db, TABLE, beatTo(9));
      const { page, complaints } = await watchedPage(browser);
      await page.clock.install();
      await page.goto(service.url);
      await heardOf(page);
      await page.locator(".bars a").nth(100).focus();
      const before = { titled: await page.title(), beats: await beats(page) };

      await service.deliver({});
      await page.clock.fastForward(16_000);
      await titled(page, "Up");

      expect(before.titled).toBe("Down · heartbeat dev");
      expect(await headline(page)).toBe("Up");
      expect(await beats(page)).toBe(before.beats + 1);
      expect(
        await page.evaluate("document.querySelectorAll('.bars a')[100] === document.activeElement"),
      ).toBe(true);
      expect(complaints).toEqual([]);
    });

    /** Opens a page. `refresh` moves its clock to the next request. */
    const openPage = async (history: Facts) => {
      await populateTable(db, TABLE, history);
      const { page, complaints } = await watchedPage(browser);
      await page.clock.install();
      await page.goto(service.url);
      await heardOf(page);
      await page.evaluate("document.body.mark = 'never reloaded'");
      const refresh = () => page.clock.fastForward(16_000);
      const notReloaded = async () => (await page.evaluate("document.body.mark")) === "never reloaded";
      return { page, complaints, refresh, notReloaded };
    };

    test.each([
      ["a plain reason", PLAIN],
      ["a nasty reason, as text", NASTY],
    ])("an open page shows a pause with %s, and its end", async (_, reason) => {
      const { page, complaints, refresh, notReloaded } = await openPage(beatTo(0));
      const seen = [await said(page)];

      await service.invoke("settings", { pause: reason });
      await refresh();
      await titled(page, "Paused");
      seen.push(await said(page));
      const violations = await accessViolations(page);
      const inserted = await page.locator("main b").count();
      await service.invoke("settings", { resume: true });
      await service.invoke("settings", { pause: "another reason" });
      await refresh();
      await page.locator("#said", { hasText: "another" }).waitFor();
      seen.push(await said(page));
      await service.invoke("settings", { resume: true });
      await refresh();
      await titled(page, "Up");
      seen.push(await said(page));

      expect(seen).toEqual([
        "A beat is recorded every minute.",
        `Beats are not counted, on purpose: ${reason}`,
        "Beats are not counted, on purpose: another reason",
        "A beat is recorded every minute.",
      ]);
      expect([violations, inserted]).toEqual([[], 0]);
      expect(await notReloaded()).toBe(true);
      expect(complaints).toEqual([]);
    });

    test("an open page applies new thresholds, and those of the stage after a reset", async () => {
      // The newest beat is five minutes old.
      const { page, complaints, refresh, notReloaded } = await openPage(beatTo(5));
      const shownNow = async () => [await headline(page), await page.locator(".rules").textContent()];
      const rulesOf = (late: string, down: string) =>
        `Late ${late} after the start of the newest counted minute, down after ${down}.`;
      const seen = [await shownNow()];
      const each = [
        { rules: { lateAfter: 300, downAfter: 1_200 }, shows: ["Late", rulesOf("5 minutes", "20 minutes")] },
        { rules: { downAfter: 1_500 }, shows: ["Late", rulesOf("5 minutes", "25 minutes")] },
        { rules: { lateAfter: 900 }, shows: ["Up", rulesOf("15 minutes", "25 minutes")] },
        {
          rules: { lateAfter: null, downAfter: null },
          shows: ["Down", rulesOf("2 minutes 30 seconds", "4 minutes 30 seconds")],
        },
      ];

      for (const { rules, shows } of each) {
        await service.invoke("settings", rules);
        await refresh();
        await page.locator(".rules", { hasText: shows[1] ?? "" }).waitFor();
        await titled(page, shows[0] ?? "");
        seen.push(await shownNow());
      }

      expect(seen).toEqual([
        ["Down", rulesOf("2 minutes 30 seconds", "4 minutes 30 seconds")],
        ...each.map(({ shows }) => shows),
      ]);
      expect(await notReloaded()).toBe(true);
      expect(complaints).toEqual([]);
    });

    test("a browser without AbortSignal.timeout shows updates, and unknown when the service stops", async () => {
      await populateTable(db, TABLE, beatTo(0));
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

    test.each(["fetch", "AbortController"])(
      "a browser without %s shows unknown instead of an outdated state",
      async (name) => {
        await populateTable(db, TABLE, beatTo(0));
        const { page, complaints } = await watchedPage(browser);
        await page.clock.install();
        await page.addInitScript(`delete window.${name}`);
        await page.goto(service.url);

        await page.clock.fastForward(16_000);

        await page.locator("h1", { hasText: "Unknown" }).waitFor();
        expect(complaints).toEqual([]);
      },
    );

    test("a browser without DOMParser shows unknown instead of an outdated state", async () => {
      // The newest minute is the previous one, so that the current minute can be counted.
      await populateTable(db, TABLE, beatTo(1));
      const { page, complaints } = await watchedPage(browser);
      await page.clock.install();
      await page.addInitScript("delete window.DOMParser");
      const answered = page.waitForResponse("**/status");
      await page.goto(service.url);
      await answered;

      // One more beat: the page is outdated, and only DOMParser could read its new version.
      expect(await service.deliver({})).toMatchObject({ counted: true });
      await page.clock.fastForward(16_000);

      await page.locator("h1", { hasText: "Unknown" }).waitFor();
      expect(complaints).toEqual([]);
    });

    test("an open page shows unknown after 10 seconds without a reply", async () => {
      const { page, refresh } = await openPage(beatTo(0));
      const statusRequest = page.waitForRequest("**/status");
      await page.route("**/status", () => {});

      await refresh();
      await statusRequest;
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
    ])("an open page shows unknown after the reply %s, and recovers", async (_, change) => {
      const { page, complaints, refresh } = await openPage(beatTo(0));
      const status = JSON.parse((await service.request("GET", "/status")).body.toString());

      await page.route("**/status", (route) => route.fulfill({ json: change(status) }));
      await refresh();
      await page.locator("h1", { hasText: "Unknown" }).waitFor();
      const shown = [await since(page), await age(page)];
      await page.unroute("**/status");
      await refresh();
      await page.locator("h1", { hasText: "Up" }).waitFor();

      expect(shown).toEqual([expect.stringMatching(/^last reply at /), "?"]);
      expect(complaints).toEqual([]);
    });

    describe("an open page after its machine slept for an hour", () => {
      /** Returns the page after the machine woke up, while its first request has no reply yet. */
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
        const statusRequest = page.waitForRequest("**/status");
        await page.route("**/status", async (route) => {
          const json = await answered;
          return json === undefined ? route.abort() : route.fulfill({ json });
        });
        // The clock jumps ahead, and no timer runs in between.
        await page.clock.fastForward(3_600_000);
        await statusRequest;
        await page.clock.runFor(3_000);
        const words = async () => new Set(await page.evaluate<string[]>("window.shown"));
        return { page, complaints, answer, words };
      };

      test("sends a request before it changes, and then shows the reply", async () => {
        const { page, complaints, answer, words } = await wokenPage();
        const before = [await headline(page), ...(await words())];
        const status = JSON.parse((await service.request("GET", "/status")).body.toString());
        // Beats were counted all the time, so the reply is the same snapshot, one hour later.
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

      test("shows unknown, and never down, when the request fails", async () => {
        const { page, answer, words } = await wokenPage();

        answer(undefined);
        await page.locator("h1", { hasText: "Unknown" }).waitFor();

        expect([...(await words())].filter((word) => !["Up", "Unknown"].includes(word))).toEqual([]);
      });

      test("sends another request when the previous one is still open", async () => {
        const { page, refresh } = await openPage(beatTo(0));
        const first = page.waitForRequest("**/status");
        await page.route("**/status", () => {}, { times: 1 });
        await refresh();
        await first;
        const second = page.waitForResponse("**/status");

        await page.evaluate("(() => { const now = Date.now; Date.now = () => now() + 3_600_000; })()");
        await page.evaluate("dispatchEvent(new Event('pageshow'))");

        expect((await second).status()).toBe(200);
        expect(await headline(page)).toBe("Up");
      });
    });

    describe("an open page before its next request is due", () => {
      const pausedPage = async () => {
        const { page } = await openPage(beatTo(0));
        // No timer runs out from here on.
        await page.clock.pauseAt(Date.now() + 5_000);
        return page;
      };

      test("sends a request when its clock is set back", async () => {
        const page = await pausedPage();
        const answered = page.waitForResponse("**/status");

        await page.evaluate("(() => { const now = Date.now; Date.now = () => now() - 7_200_000; })()");
        await page.clock.runFor(1_000);

        expect((await answered).status()).toBe(200);
      });

      test("sends a request when the network returns", async () => {
        const page = await pausedPage();
        let requests = 0;
        page.on("request", () => requests++);

        // While a request is in flight, the page starts no second one.
        const returns = async () => {
          await page.evaluate("dispatchEvent(new Event('online'))");
          return requests;
        };

        await expect.poll(returns, { timeout: 30_000 }).toBeGreaterThan(0);
      });
    });

    describe("an open page with another version than the service", () => {
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

      test("is reloaded once", async () => {
        const { page, refresh, notReloaded } = await openPage(beatTo(0));
        const loaded = await upgrade(page, nextVersion);

        await service.invoke("settings", { pause: "upgrade" });
        await refresh();
        await page.locator("h1[lang=en]", { hasText: "Paused" }).waitFor();
        await heardOf(page);
        await service.invoke("settings", { resume: true });
        await refresh();
        await titled(page, "Up");

        expect(await notReloaded()).toBe(false);
        expect(loaded).toHaveLength(1);
      });

      test("is reloaded when it cannot read the new version's /status", async () => {
        const { page, refresh } = await openPage(beatTo(0));
        const loaded = await upgrade(page, nextVersion);
        await page.route("**/status", (route) => route.fulfill({ json: { shape: "next" } }));

        await refresh();
        await page.locator("h1", { hasText: "Unknown" }).waitFor();
        await refresh();
        await page.locator("h1[lang=en]").waitFor();

        expect(loaded.length).toBeGreaterThan(0);
      });

      test("shows unknown and is not reloaded when another service replies with its own page", async () => {
        const { page, refresh, notReloaded } = await openPage(beatTo(0));
        await upgrade(page, () => "<!doctype html><title>Sign in</title><h1>Sign in</h1>");

        await service.invoke("settings", { pause: "sign in" });
        await refresh();
        await page.locator("h1", { hasText: "Unknown" }).waitFor();
        await service.invoke("settings", { resume: true });

        expect(await notReloaded()).toBe(true);
      });

      test("removes the attributes that the new markup does not have", async () => {
        const { page, refresh } = await openPage(beatTo(0));
        await page.evaluate("document.querySelector('.facts').setAttribute('data-old', '')");

        await service.invoke("settings", { pause: "attributes" });
        await refresh();
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
          await populateTable(db, TABLE, beatTo(9));
          const { page, complaints, requests } = await watchedPage(browser);
          await page.clock.install();
          await page.goto(`${mapped.url}${end}`);
          await heardOf(page);

          await service.deliver({});
          await page.clock.fastForward(16_000);
          await titled(page, "Up");

          expect([...new Set(requests.slice(1))].sort()).toEqual([`${mapped.url}/`, `${mapped.url}/status`]);
          expect(await page.evaluate("[...document.links].map(({ href }) => href)")).toEqual(
            expect.arrayContaining(
              [
                "",
                "status",
                "health",
                "metrics",
                "openapi.json",
                "badge.svg",
                "feed.atom",
                "beats/history",
              ].map((name) =>
                name === ""
                  ? `${mapped.url}/?day=${new Date().toISOString().slice(0, 10)}`
                  : `${mapped.url}/${name}`,
              ),
            ),
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
        await populateTable(db, TABLE, beatTo(0));
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

    test("a page that was rendered a while ago requests only /status until the data changes", async () => {
      await populateTable(db, TABLE, beatTo(0));
      const { page, requests } = await watchedPage(browser);
      await page.clock.install();
      await page.goto(service.url);
      await heardOf(page);

      for (let n = 0; n < 2; n++) {
        const answered = page.waitForResponse("**/status");
        await page.clock.fastForward(16_000);
        await answered;
      }

      // If the minute changes during the test, the page is requested too, and again if the jump aborts that request.
      const paths = requests.map((url) => new URL(url).pathname);
      expect(paths.filter((path) => path === "/status").length).toBe(3);
      expect(paths.filter((path) => path === "/").length).toBeLessThanOrEqual(3);
    });
  });

  test.each(SCHEMES)("an open page shows unknown after the service stopped, in %s", async (colorScheme) => {
    const service = await startService({ folder, env: { DYNAMODB: "embedded" } });
    await populateTable(connect(service.databaseUrl), TABLE, beatTo(0));
    const { page } = await watchedPage(browser, { colorScheme });
    await page.clock.install();
    await page.goto(service.url);
    await heardOf(page);

    await service.stop();
    await page.clock.fastForward(16_000);
    await page.locator("h1", { hasText: "Unknown" }).waitFor();
    await page.clock.fastForward(600_000);

    expect(await headline(page)).toBe("Unknown");
    expect(await since(page)).toMatch(/^last reply at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/);
    expect(await age(page)).toBe("?");
    expect(await accessViolations(page)).toEqual([]);
  });

  test("the page returns 503 and shows unknown without a database, and recovers when it is back", async () => {
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
    // Simulates the recovery of the first service.
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
  Number(
    (
      await page
        .locator(".facts div", { hasText: /^Beats/ })
        .locator("dd")
        .first()
        .textContent()
    )?.replaceAll(",", ""),
  );
const sinceOf = (moment: string) =>
  expect.stringContaining(`since ${moment.slice(0, 16).replace("T", " ")} UTC, for `);
/** The colors of the browser's frame, in light and dark, and of the icon. */
const colors = (page: Page) =>
  page.evaluate<string[]>(
    "[...[...document.querySelectorAll('[name=theme-color]')].map(({ content }) => content), document.querySelector('[rel=icon]').href.match(/%23\\w{6}/)[0]]",
  );

/** Waits until the title of the page shows the state. */
const titled = (page: Page, word: string) =>
  expect.poll(() => page.title(), { timeout: 30_000 }).toBe(`${word} · heartbeat dev`);

/** Waits until the script has received its first reply. */
const heardOf = (page: Page) => page.locator("#heard", { hasText: /^As of .*\d\d:\d\d:\d\d/ }).waitFor();

const FOCUSED = `(() => {
  const bar = document.activeElement, words = bar.querySelector("i");
  return {
    text: words.textContent,
    shown: getComputedStyle(words).clipPath === "none",
    outline: getComputedStyle(bar).outlineStyle,
  };
})()`;
