import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { launchChromium } from "../support/programs/browser.ts";
import { servePage } from "./serve-page.ts";
import { NOW, STATES } from "./states.ts";

/**
 * Takes pictures of the status page in each state: `npx tsx test/pictures/take-pictures.ts [folder] [name…]`. The data
 * and the clock are fixed, so the pictures change only with the page.
 */
const [folder = "docs/images", ...names] = process.argv.slice(2);

const SIZES = { 390: { width: 390, height: 844 }, 1440: { width: 1_440, height: 900 } };
const SCHEMES = ["light", "dark"] as const;

interface Picture {
  state: string;
  name: string;
  options: BrowserContextOptions;
  fullPage?: boolean;
  prepare?: (page: Page) => Promise<unknown>;
}

const pictures: Picture[] = Object.keys(STATES).flatMap((state) =>
  Object.entries(SIZES).flatMap(([size, viewport]) =>
    SCHEMES.map((colorScheme) => ({
      state,
      name: `${state}-${size}-${colorScheme}`,
      options: { viewport, colorScheme, timezoneId: "UTC" },
    })),
  ),
);

/** Pictures of what else can go wrong. They are not part of the documentation. */
const checks: Picture[] = [
  ...SCHEMES.map((colorScheme) => ({
    state: "recovered",
    name: `full-${colorScheme}`,
    options: { viewport: SIZES[1440], colorScheme },
    fullPage: true,
  })),
  {
    state: "recovered",
    name: "full-phone",
    options: { viewport: SIZES[390], timezoneId: "Asia/Kolkata", deviceScaleFactor: 2 },
    fullPage: true,
  },
  {
    state: "recovered",
    name: "print",
    options: { viewport: { width: 794, height: 1_100 }, colorScheme: "dark" },
    fullPage: true,
    prepare: (page) => page.emulateMedia({ media: "print" }),
  },
  ...SCHEMES.map((colorScheme) => ({
    state: "recovered",
    name: `forced-${colorScheme}`,
    options: { viewport: SIZES[1440], forcedColors: "active" as const, colorScheme },
    fullPage: true,
  })),
  {
    state: "paused",
    name: "text-200",
    options: { viewport: { width: 320, height: 844 } },
    fullPage: true,
    prepare: (page) => page.evaluate("document.documentElement.style.fontSize = '200%'"),
  },
  ...[720, 768].map((width) => ({
    state: "recovered",
    name: `width-${width}`,
    options: { viewport: { width, height: 900 } },
    fullPage: true,
  })),
  {
    state: "recovered",
    name: "tooltip",
    options: { viewport: SIZES[390], timezoneId: "Europe/Berlin" },
    prepare: (page) => page.locator(".days a").nth(80).hover(),
  },
];

const isWanted = ({ name }: Picture) => names.length === 0 || names.some((part) => name.includes(part));
const browser = await launchChromium();
mkdirSync(folder, { recursive: true });
const error = console.error;
console.error = () => {}; // The state unknown logs its cause.
for (const [state, facts] of Object.entries(STATES)) {
  const all = (names.length === 0 ? pictures : [...pictures, ...checks]).filter(
    (picture) => picture.state === state && isWanted(picture),
  );
  if (all.length === 0) continue;
  const { url, stop } = await servePage(facts());
  for (const { name, options, fullPage = false, prepare } of all) {
    const page = await (await browser.newContext({ reducedMotion: "reduce", ...options })).newPage();
    await page.clock.setFixedTime(NOW);
    await page.goto(url);
    if (state !== "unknown") await page.locator("#age, .new").first().waitFor();
    await page.waitForTimeout(300);
    await prepare?.(page);
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage });
    await page.context().close();
  }
  stop();
}
console.error = error;
await browser.close();
