import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { validateXML } from "xmllint-wasm";
import event from "../../../events/pulse.json" with { type: "json" };
import { createPulseHandler } from "../../../handlers/factories/pulse.ts";
import { pageUrlOf, renderFeed } from "../../../lib/http/feed.ts";
import { DEFAULT_NAMES } from "../../../lib/service/names.ts";
import { createMemoryStore } from "../../support/fakes/memory-store.ts";
import { minutesFrom } from "../../support/fixtures/history.ts";
import { NASTY } from "../../support/fixtures/reasons.ts";
import { onDay, STAGE } from "../../support/fixtures/store-on-day.ts";

const SCHEMA = readFileSync("test/support/fixtures/atom.rng", "utf8");
const NOW = Date.parse("2026-11-23T22:40:34Z");

/** What is wrong with a document by the schema of the format. */
const faultsOf = async (xml: string): Promise<string[]> => {
  const { errors } = await validateXML({ xml, schema: SCHEMA, extension: "relaxng" });
  return errors.map(({ message }) => message);
};

const feedOf = async (store: ReturnType<typeof createMemoryStore>, request: object = {}) => {
  const handler = createPulseHandler(store, STAGE, DEFAULT_NAMES, () => NOW);
  const { body = "", ...reply } = await handler({
    ...event,
    routeKey: "GET /feed.atom",
    rawPath: "/feed.atom",
    headers: { host: "api.example.org", "x-forwarded-proto": "https" },
    ...request,
  });
  return { ...reply, body };
};

const heart = () => onDay("2026-11-23", createMemoryStore());

const elementsOf = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, "g"))].map(([, text = ""]) => text);

test("/feed.atom of an empty store is a valid feed without entries", async () => {
  const { statusCode, headers, body } = await feedOf(createMemoryStore());

  expect({ statusCode, headers }).toEqual({
    statusCode: 200,
    headers: {
      "content-type": "application/atom+xml; charset=utf-8",
      "cache-control": "max-age=60, must-revalidate",
      etag: expect.any(String),
    },
  });
  expect(await faultsOf(body)).toEqual([]);
  expect(elementsOf(body, "updated")).toEqual(["1970-01-01T00:00:00Z"]);
});

test("/feed.atom lists down, recovered, paused and resumed, newest first", async () => {
  const { store, beat, pause, resume } = heart();
  for (const minute of minutesFrom("2026-11-23T09:50Z", "2026-11-23T09:59Z"))
    await beat(minute.slice(11, 16));
  await beat("10:10");
  await pause("10:11", "database upgrade");
  await resume("10:40");
  for (const minute of minutesFrom("2026-11-23T10:41Z", "2026-11-23T22:40Z"))
    await beat(minute.slice(11, 16));

  const { body } = await feedOf(store);

  expect(await faultsOf(body)).toEqual([]);
  expect(elementsOf(body, "title").slice(1)).toEqual([
    "Resumed after 29 min",
    "Paused: database upgrade",
    "Recovered after 11 min",
    "Down: no beat since 2026-11-23 10:00 UTC",
  ]);
  expect(elementsOf(body, "id")).toEqual([
    "tag:api.example.org,2018:/feed",
    "tag:api.example.org,2018:/resumed/2026-11-23T10:11Z",
    "tag:api.example.org,2018:/paused/2026-11-23T10:11Z",
    "tag:api.example.org,2018:/recovered/2026-11-23T10:00Z",
    "tag:api.example.org,2018:/down/2026-11-23T10:00Z",
  ]);
  expect(elementsOf(body, "updated")).toEqual([
    "2026-11-23T10:40:00Z",
    "2026-11-23T10:40:00Z",
    "2026-11-23T10:11:00Z",
    "2026-11-23T10:10:00Z",
    "2026-11-23T10:03:30Z",
  ]);
});

test("a reason with markup and other scripts keeps the feed valid", async () => {
  const { store, beat, pause } = heart();
  await beat("22:40");
  await pause("22:40:30", NASTY);

  const { body } = await feedOf(store);

  expect(await faultsOf(body)).toEqual([]);
});

test("the schema rejects a feed without an id, with an unknown element, or with a fraction of a second", async () => {
  const { body } = await feedOf(createMemoryStore());

  const broken = [
    body.replace(/<id>.*?<\/id>/, ""),
    body.replace("<author>", "<written/><author>"),
    body.replace("00:00:00Z", "00:00:00.5Z"),
  ];
  for (const xml of broken) expect(await faultsOf(xml)).not.toEqual([]);
});

test("the feed has at most 30 entries", () => {
  const changes = Array.from({ length: 40 }, (_, n) => ({
    kind: "down" as const,
    at: `2026-11-23T10:${n + 10}:00Z`,
    minute: `2026-11-23T10:${n + 10}Z`,
  }));

  const { body = "" } = renderFeed(changes, {
    page: new URL("http://localhost/"),
    title: "heartbeat",
    begin: undefined,
  });

  expect(elementsOf(body, "updated")).toHaveLength(31);
});

describe("the address of the page", () => {
  test.each([
    ["/feed.atom", { host: "api.example.org", "x-forwarded-proto": "https" }, "https://api.example.org/"],
    ["/heart/feed.atom", { host: "example.org", "x-forwarded-proto": "https" }, "https://example.org/heart/"],
    ["/feed.atom", { host: "localhost:7718" }, "http://localhost:7718/"],
    ["/feed.atom", { host: "a b" }, "http://localhost/"],
    ["/feed.atom", undefined, "http://localhost/"],
  ])("beside %s with the headers %j is %s", (path, headers, url) => {
    expect(pageUrlOf(path, headers).href).toBe(url);
  });
});
