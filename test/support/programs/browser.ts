import axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { findChromium } from "./chromium.ts";

/** Starts a headless Chromium with a new profile and without background requests. */
export const launchChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: findChromium(),
    args: [
      "--no-sandbox", // Chromium has no sandbox for root, the user in containers.
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });

export interface Watched {
  page: Page;
  /** Errors and warnings of the console, uncaught errors, and violations of the content security policy. */
  complaints: string[];
  /** The URL of each request. */
  requests: string[];
}

/** Opens a page in a new context and records its errors and requests from the start. */
export const watchedPage = async (
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<Watched> => {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => requests.push(request.url()));
  return { page, complaints, requests };
};

/** Returns the accessibility violations that axe-core reports, each with its elements. */
export const accessViolations = async (page: Page): Promise<unknown[]> => {
  // Uses the debugger, because the content security policy of the page blocks injected scripts.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>("axe.run()");
  return violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) }));
};
