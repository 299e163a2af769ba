import { existsSync } from "node:fs";
import axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

/** Of the Debian package `chromium`. */
const EXECUTABLE = "/usr/bin/chromium";

/** Whether this machine has it; in CI it must. */
export const hasChromium = existsSync(EXECUTABLE);
if (!hasChromium) {
  if (process.env["CI"] !== undefined) throw new Error(`${EXECUTABLE} is missing: install chromium`);
  console.warn(`Tests in a browser are skipped: ${EXECUTABLE} is missing, install chromium`);
}

/** Without a window, with a profile of its own, and of its own accord it speaks to nobody. */
export const launchChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: EXECUTABLE,
    args: [
      "--no-sandbox", // root, as in a container, can have none
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });

export interface Watched {
  page: Page;
  /** Errors and warnings of the console, uncaught errors, violations of the policy. */
  complaints: string[];
  /** The URL of each request. */
  requests: string[];
}

/** A page in a context of its own, watched from its beginning. */
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

/** What axe-core has against the page, each with the elements that it is about. */
export const accessViolations = async (page: Page): Promise<unknown[]> => {
  // By the debugger: the page's policy lets no script in.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>("axe.run()");
  return violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) }));
};
