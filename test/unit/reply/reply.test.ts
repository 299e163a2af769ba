import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { withEtag } from "../../../lib/reply/etag.ts";
import { cacheFor, jsonReply } from "../../../lib/reply/reply.ts";

const BODY = '{"heart":"♥"}';
const TAG = `"${createHash("sha256").update(BODY).digest("base64url")}"`;
const reply = cacheFor(BODY, "application/json", 30);

const WHOLE = {
  statusCode: 200,
  headers: { "content-type": "application/json", "cache-control": "max-age=30, must-revalidate", etag: TAG },
  body: BODY,
};
const UNCHANGED = { statusCode: 304, headers: WHOLE.headers };

describe("a reply that caches may keep", () => {
  test.each([
    ["absent", undefined],
    ["empty", ""],
    ["another ETag", '"else"'],
    ["its ETag without quotes", TAG.slice(1, -1)],
    ["a part of its ETag", `${TAG.slice(0, 10)}"`],
  ])("has its body and ETag when If-None-Match is %s", (_, known) => {
    expect(withEtag(reply, known === undefined ? {} : { "if-none-match": known })).toEqual(WHOLE);
  });

  test.each([
    ["its ETag", TAG],
    ["its ETag, weakened by a proxy", `W/${TAG}`],
    ["a list with its ETag", `"else", W/${TAG} ,"more"`],
    ["any ETag", "*"],
  ])("is a 304 when If-None-Match is %s", (_, known) => {
    expect(withEtag(reply, { "if-none-match": known })).toEqual(UNCHANGED);
  });

  test("has another ETag when the body differs", () => {
    const other = withEtag(cacheFor("{}", "application/json", 30), { "if-none-match": TAG });

    expect(other).toMatchObject({ statusCode: 200, body: "{}" });
    expect(other.headers?.["etag"]).not.toBe(TAG);
  });

  test("has its body and ETag when the request has no headers, as with `sls invoke`", () => {
    expect(withEtag(reply)).toEqual(WHOLE);
  });
});

test.each([
  ["with no-store", jsonReply(200, {})],
  ["with an error", jsonReply(503, {})],
  ["with an error and no cache-control", { statusCode: 500, body: "" }],
])("withEtag returns a reply %s unchanged", (_, other) => {
  expect(withEtag(other, { "if-none-match": "*" })).toEqual(other);
});
