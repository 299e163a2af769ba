import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Row } from "../../../lib/dynamodb/table/keys.ts";
import { fetchUrl } from "../../../lib/job/fetch-url.ts";
import { answer, drop, hang, type Reception, redirect, startReceiver } from "../../support/fakes/receiver.ts";

const MINUTE = "2026-11-23T22:40Z";

/** Runs the job against a server. Returns the stored rows, the error of the job, and the calls of the server. */
const runAgainst = async (receive: Reception, signal = new AbortController().signal) => {
  await using receiver = await startReceiver(receive);
  const rows: [string, Row][] = [];
  const job = fetchUrl(receiver.url, { put: async (sk, row) => void rows.push([sk, row]) });
  const error = await job({ minute: MINUTE, signal }).then(
    () => undefined,
    (error: unknown) => String(error),
  );
  return { rows, error, calls: receiver.calls, host: new URL(receiver.url).host };
};

const rowWith = (status: number, body: string) => [
  MINUTE,
  {
    status,
    ms: expect.any(Number),
    bytes: Buffer.byteLength(body),
    sha256: createHash("sha256").update(body).digest("hex"),
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  },
];

describe("fetchUrl", () => {
  test("stores status, duration, size and hash of a body of several pieces under the minute", async () => {
    const pieces = ["a".repeat(70_000), "é".repeat(70_000)];

    const { rows, error, calls } = await runAgainst((response) => {
      response.write(pieces[0]);
      response.end(pieces[1]);
    });

    expect(error).toBeUndefined();
    expect(rows).toEqual([rowWith(200, pieces.join(""))]);
    expect(calls).toEqual([
      expect.objectContaining({ method: "GET", headers: expect.objectContaining({ connection: "close" }) }),
    ]);
  });

  test.each([
    [204, ""],
    [200, "OK"],
  ])("accepts the status %i", async (status, body) => {
    const { rows, error } = await runAgainst((response) => response.writeHead(status).end(body));

    expect({ rows, error }).toEqual({ rows: [rowWith(status, body)], error: undefined });
  });

  test.each([304, 404, 500])("stores the status %i and fails with it", async (status) => {
    const { rows, error, host } = await runAgainst((response) => response.writeHead(status).end());

    expect(rows).toEqual([rowWith(status, "")]);
    expect(error).toBe(`Error: ${host} returned ${status}`);
  });

  test("follows a redirect", async () => {
    const receptions = [redirect, answer(200)];

    const { rows, calls } = await runAgainst((response) => receptions.shift()?.(response));

    expect(calls.map(({ path }) => path)).toEqual([expect.any(String), "/elsewhere"]);
    expect(rows).toEqual([rowWith(200, "OK")]);
  });

  test("stores nothing and fails when the connection is closed", async () => {
    expect(await runAgainst(drop)).toMatchObject({ rows: [], error: "TypeError: fetch failed" });
  });

  test("stores nothing and fails when the signal aborts before the reply", async () => {
    const { rows, error } = await runAgainst(hang, AbortSignal.timeout(50));

    expect(rows).toEqual([]);
    expect(error).toMatch(/^TimeoutError: /);
  });

  test("stores nothing and fails when the signal aborts in the middle of the body", async () => {
    const abort = new AbortController();
    const { rows, error } = await runAgainst((response) => {
      response.write("half", () => abort.abort(new Error("too late")));
    }, abort.signal);

    expect({ rows, error }).toEqual({ rows: [], error: "Error: too late" });
  });

  test.each([
    ["https://user@example.com/", "the URL of example.com must not contain a user name or password"],
    ["https://:secret@example.com/", "the URL of example.com must not contain a user name or password"],
    ["example.com", "Invalid URL"],
  ])("throws for the URL %s when it is created", (url, message) => {
    expect(() => fetchUrl(url, { put: async () => {} })).toThrow(message);
  });
});
