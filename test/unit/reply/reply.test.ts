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

describe("a reply that may be kept", () => {
  test.each([
    ["nothing", undefined],
    ["an empty header", ""],
    ["another tag", '"else"'],
    ["the tag without its quotes", TAG.slice(1, -1)],
    ["a part of the tag", `${TAG.slice(0, 10)}"`],
  ])("is sent whole, with its tag, to who knows %s", (_, known) => {
    expect(withEtag(reply, known === undefined ? {} : { "if-none-match": known })).toEqual(WHOLE);
  });

  test.each([
    ["it", TAG],
    ["it, made weak on its way", `W/${TAG}`],
    ["it among others", `"else", W/${TAG} ,"more"`],
    ["anything", "*"],
  ])("is not sent again to who knows %s", (_, known) => {
    expect(withEtag(reply, { "if-none-match": known })).toEqual(UNCHANGED);
  });

  test("has another tag when its body is another", () => {
    const other = withEtag(cacheFor("{}", "application/json", 30), { "if-none-match": TAG });

    expect(other).toMatchObject({ statusCode: 200, body: "{}" });
    expect(other.headers?.["etag"]).not.toBe(TAG);
  });

  test("is sent whole to who sent no headers at all, as `sls invoke`", () => {
    expect(withEtag(reply)).toEqual(WHOLE);
  });
});

test.each([
  ["that may not be kept", jsonReply(200, {})],
  ["of a failure", jsonReply(503, {})],
  ["of a failure that says nothing of keeping", { statusCode: 500, body: "" }],
])("a reply %s stays as it is", (_, other) => {
  expect(withEtag(other, { "if-none-match": "*" })).toEqual(other);
});
