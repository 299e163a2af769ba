import { createHash } from "node:crypto";
import { type Html, html } from "../../reply/html.ts";
import type { RenderContext } from "../../reply/problem.ts";
import { numeral } from "./words.ts";

/** Base64 of the SHA-256 hash. */
export const digestOf = (text: string): string => createHash("sha256").update(text).digest("base64");

/** The source of an inline style or script in a content security policy. */
export const sourceOf = (text: string): string => `'sha256-${digestOf(text)}'`;

/** The headers of a page that can load only what the directives allow. */
export const pageHeaders = (...allowed: string[]): Record<string, string> => ({
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": [
    "default-src 'none'",
    ...allowed,
    "base-uri 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
});

/** The beginning of a page, up to its title. */
export const headOf = (title: string, { path, names: { service, stage } }: RenderContext): Html =>
  html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<base href="${baseOf(path)}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title} · ${service} ${stage}</title>`;

/**
 * The base of the page's relative addresses: the requested path as a folder. The path has no trailing slash where a
 * custom domain maps a path such as `/heartbeat` to the API.
 */
const baseOf = (path: string): string => {
  const last = path.slice(path.lastIndexOf("/") + 1);
  return last === "" ? "./" : `./${last}/`;
};

interface ListOptions<Item> {
  /** The number of items that are shown. */
  max: number;
  render: (item: Item) => Html;
  /** Renders the last item, such as "and 3 more", if some are left out. */
  renderMore: (words: string) => Html;
  /** The class names of the list. */
  names?: string;
}

/** Renders a list that cannot become longer than the page has room for. */
export const list = <Item>(
  items: readonly Item[],
  { max, render, renderMore, names = "list" }: ListOptions<Item>,
): Html => {
  const more = items.length - max;
  const end = more > 0 ? renderMore(`and ${numeral(more)} more`) : html``;
  return html`<ul class="${names}">${items.slice(0, max).map(render)}${end}</ul>`;
};
