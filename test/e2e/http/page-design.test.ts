import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { servePage } from "../../pictures/serve-page.ts";
import { NOW, STATES } from "../../pictures/states.ts";
import { needs } from "../../support/optional/needs.ts";
import { accessViolations, launchChromium, watchedPage } from "../../support/programs/browser.ts";

describe("the page of a fixed history in Chromium", needs("chromium"), () => {
  let browser: Browser;
  let stops: (() => void)[] = [];
  beforeAll(async () => {
    browser = await launchChromium();
  });
  beforeEach(() => void vi.spyOn(console, "error").mockImplementation(() => {}));
  afterEach(async () => {
    vi.restoreAllMocks();
    await Promise.all(browser.contexts().map((context) => context.close()));
    for (const stop of stops) stop();
    stops = [];
  });
  afterAll(() => browser.close());

  /** Opens the page of a state. Its clock begins at the time of the history, and then runs. */
  const open = async (state: string, options: BrowserContextOptions = {}) => {
    const { url, stop } = await servePage(STATES[state]?.() ?? {});
    stops.push(stop);
    const { page, complaints } = await watchedPage(browser, { timezoneId: "UTC", ...options });
    await page.clock.install({ time: NOW });
    await page.goto(url);
    if (options.javaScriptEnabled !== false && state !== "unknown")
      await page.locator("#heard", { hasText: ":34" }).waitFor();
    return { page, complaints, url };
  };
  const text = (page: Page, selector: string) => page.locator(selector).first().textContent();
  const word = (page: Page) => text(page, "h1");

  describe.each(Object.keys(STATES))("in the state %s", (state) => {
    test.each(["light", "dark"] as const)("is accessible in %s", async (colorScheme) => {
      const { page } = await open(state, { colorScheme });

      expect(await accessViolations(page)).toEqual([]);
    });

    test.each([
      [390, 844],
      [1_440, 900],
    ])(
      "shows the state, facts, trace, 24 hours and uptime on a first screen of %i × %i",
      async (width, height) => {
        const { page } = await open(state, { viewport: { width, height } });
        const parts = ["h1", "#since", ...(state === "unknown" ? [] : [".facts", ".hours"]), ".pulse"];
        if (width > 1_000 && state !== "unknown") parts.push(".uptimes", ".days");

        for (const part of parts) {
          const { y = 0, height: own = Infinity } = (await page.locator(part).first().boundingBox()) ?? {};
          expect(y + own, part).toBeLessThanOrEqual(height);
        }
      },
    );

    test("does not scroll sideways at 320 pixels with text of 200 %", async () => {
      const { page } = await open(state, { viewport: { width: 320, height: 800 } });
      await page.evaluate("document.documentElement.style.fontSize = '200%'");
      // The ring around the dot is largest at the end of its animation.
      await page.evaluate(
        "document.getAnimations().forEach((each) => { each.pause(); each.currentTime = 1_999; })",
      );

      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(320);
    });
  });

  test.each([320, 390, 600, 720, 744, 768, 1_000, 1_440])(
    "leaves no uptime and no fact alone in a row at %i pixels",
    async (width) => {
      const { page } = await open("recovered", { viewport: { width, height: 900 } });
      const rows = (selector: string) =>
        page.evaluate<
          number[]
        >(`Object.values([...document.querySelectorAll("${selector}")].reduce((rows, each) => {
          const { top } = each.getBoundingClientRect();
          rows[top] = (rows[top] || 0) + 1;
          return rows;
        }, {}))`);

      expect(new Set(await rows(".uptime div")).size).toBe(1);
      expect(new Set(await rows(".facts div")).size).toBe(1);
    },
  );

  test("says after a recovery how long ago it was, and after which outage", async () => {
    const { page } = await open("recovered");

    expect(await text(page, "#since")).toBe(
      "Recovered 5\u00a0min ago, after 3\u00a0h\u00a01\u00a0min. Up since 2026-11-23 22:35 UTC",
    );
  });

  test("shows local times, with UTC beside them", async () => {
    const { page, complaints } = await open("recovered", { timezoneId: "Asia/Kolkata" });

    expect(await text(page, "#zone")).toMatch(/^Asia\/(Kolkata|Calcutta), UTC in brackets$/);
    expect(await text(page, "#since")).toContain("Up since 2026-11-24 04:05 (2026-11-23 22:35 UTC)");
    expect(await text(page, ".missed a")).toBe("2026-11-24 01:04 – 04:05 (2026-11-23 19:34 – 22:35 UTC)");
    expect(await page.locator(".hours i").last().textContent()).toMatch(
      /^03:30 – 04:30 \(22:00 – 23:00 UTC\): 6 of/,
    );
    expect(await text(page, "#heard")).toMatch(/^As of 2026-11-24 04:10:3\d \(2026-11-23 22:40:3\d UTC\)$/);
    expect(complaints).toEqual([]);
  });

  test("shows each time once, and when it was rendered, without JavaScript", async () => {
    const { page } = await open("up", { javaScriptEnabled: false });

    expect(await text(page, ".facts div")).toBe("Last beat22:402026-11-23 22:40 UTC");
    expect(await text(page, "#heard")).toBe("As of 2026-11-23 22:40 UTC");
  });

  test("shows a missed, a paused and a counted part in each chart, and the dot, in forced colors and in print", async () => {
    const { page } = await open("recovered", { colorScheme: "dark", forcedColors: "active" });
    const look = () =>
      page.evaluate<string[]>(`[
        getComputedStyle(document.querySelector(".pulse i")).backgroundColor,
        getComputedStyle(document.querySelector(".hours .p13, .hours [class^=p]")).backgroundImage,
        getComputedStyle(document.querySelector(".key .gaps"), "::before").backgroundColor,
      ]`);

    expect(await look()).toEqual([
      "rgb(69, 216, 151)",
      expect.stringMatching(/rgb\(255, 122, 117\).*rgb\(159, 180, 255\).*rgb\(42, 107, 79\)/),
      "rgb(255, 122, 117)",
    ]);

    await page.emulateMedia({ media: "print", forcedColors: "none", colorScheme: "dark" });

    expect((await look()).slice(1)).toEqual([
      expect.stringMatching(/rgb\(189, 33, 48\).*rgb\(58, 85, 164\).*rgb\(95, 181, 143\)/),
      "rgb(189, 33, 48)",
    ]);
    expect(
      await page.evaluate(
        "[getComputedStyle(document.body).printColorAdjust, getComputedStyle(document.body).color]",
      ),
    ).toEqual(["exact", "rgb(23, 33, 28)"]);
  });

  describe("left open", () => {
    test("stays up when one request fails, and repeats it after 2 seconds", async () => {
      const { page } = await open("up");
      const words = new Set<string | null>();
      await page.route("**/status", (route) => route.abort(), { times: 1 });

      const failed = page.waitForEvent("requestfailed");
      await page.clock.fastForward(16_000);
      await failed;
      words.add(await word(page));
      const answered = page.waitForResponse("**/status");
      await page.clock.fastForward(2_500);
      await answered;
      words.add(await word(page));

      expect([...words]).toEqual(["Up"]);
    });

    test("says at once that the browser is offline, and recovers when it is online", async () => {
      const { page } = await open("up");

      await page.context().setOffline(true);
      await page.locator("h1", { hasText: "Unknown" }).waitFor();
      const said = await text(page, "#said");
      const since = await text(page, "#since");
      await page.context().setOffline(false);
      await page.locator("h1", { hasText: "Up" }).waitFor();

      expect(said).toBe("This browser is offline.");
      expect(since).toMatch(/^last reply at 2026-11-23 22:40:34 UTC$/);
      expect(await text(page, "#since")).not.toContain("last reply");
    });

    test("stays up when the page and /status take 6 seconds each", async () => {
      const { page, url } = await open("up");
      const held: (() => Promise<void>)[] = [];
      for (const address of [url, `${url}status`])
        await page.route(address, (route) => void held.push(() => route.continue()));
      // The next reply differs from the page, so the page is requested too.
      await page.evaluate("document.body.dataset.drawn = 'old'");

      const next = async () => {
        await expect.poll(() => held.length, { timeout: 20_000 }).toBe(1);
        await page.clock.fastForward(6_000);
        await held.pop()?.();
      };
      await page.clock.fastForward(16_000);
      await next();
      await next();
      await page.locator('body[data-drawn^="up"]').waitFor();

      expect(await word(page)).toBe("Up");
    });
  });
});
