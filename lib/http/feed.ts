import { dateAndTime, lengthOfTime, shorten } from "../display/format.ts";
import type { StateChange } from "../past/changes.ts";
import type { RequestHeaders } from "../reply/etag.ts";
import { type Html, html } from "../reply/html.ts";
import { cacheFor, type Reply } from "../reply/reply.ts";

/** A feed reader that polls so rarely that more changes happen in between misses some of them. */
const MAX_ENTRIES = 30;
/** In seconds. Feed readers poll; a minute is soon enough. */
const CACHE = 60;

const TITLES: Record<StateChange["kind"], (change: StateChange) => string> = {
  down: ({ minute }) => `Down: no beat since ${dateAndTime(minute)} UTC`,
  recovered: ({ seconds = 0 }) => `Recovered after ${lengthOfTime(seconds * 1_000)}`,
  paused: ({ reason }) => (reason === undefined ? "Paused" : `Paused: ${shorten(reason)}`),
  resumed: ({ seconds = 0 }) => `Resumed after ${lengthOfTime(seconds * 1_000)}`,
};

const WORDS: Record<StateChange["kind"], string> = {
  down: "The state became down",
  recovered: "The first beat after the outage was recorded",
  paused: "The first paused minute began",
  resumed: "The last paused minute began",
};

export interface FeedContext {
  /** The address of the status page, with a trailing slash. */
  page: URL;
  /** The name of the service and its stage, such as `heartbeat dev`. */
  title: string;
  /** When the feed began: the first minute, or undefined before the first beat. RFC 3339. */
  begin: string | undefined;
}

/** The address of the status page beside the requested path. API Gateway sets Host to its own domain. */
export const pageUrlOf = (path: string, headers: RequestHeaders = {}): URL => {
  const origin = `${headers["x-forwarded-proto"] === "https" ? "https" : "http"}://${headers["host"] ?? ""}`;
  return new URL(".", new URL(path, URL.canParse(origin) ? origin : "http://localhost"));
};

/** Renders the state changes, newest first, as an Atom feed (RFC 4287). */
export const renderFeed = (changes: readonly StateChange[], { page, title, begin }: FeedContext): Reply => {
  const entries = changes.slice(0, MAX_ENTRIES);
  const feed = html`<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>${idOf(page, "feed")}</id>
<title>${title}: changes of the state</title>
<updated>${entries[0]?.at ?? begin ?? "1970-01-01T00:00:00Z"}</updated>
<author><name>${title}</name></author>
<link rel="self" type="application/atom+xml" href="${new URL("feed.atom", page).href}"/>
<link rel="alternate" type="text/html" href="${page.href}"/>
${entries.map((change) => entry(change, page))}</feed>
`;
  return cacheFor(feed.text, "application/atom+xml; charset=utf-8", CACHE);
};

const entry = (change: StateChange, page: URL): Html => html`<entry>
<id>${idOf(page, `${change.kind}/${change.minute}`)}</id>
<title>${TITLES[change.kind](change)}</title>
<updated>${change.at}</updated>
<link rel="alternate" type="text/html" href="${new URL(`?day=${change.at.slice(0, 10)}`, page).href}"/>
<category term="${change.kind}"/>
<content type="text">${WORDS[change.kind]} at ${dateAndTime(change.at)} UTC.${change.reason === undefined ? "" : ` Reason: ${change.reason}`}</content>
</entry>
`;

/** A tag URI (RFC 4151): it stays the same for the same change, whenever it is rendered. */
const idOf = ({ hostname, pathname }: URL, name: string): string => `tag:${hostname},2018:${pathname}${name}`;
