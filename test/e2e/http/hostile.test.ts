import { join, resolve } from "node:path";
import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { noSettings, noTicks, REAL_TIMES } from "../../support/fixtures/hostile-events.ts";
import { freshTime, minuteOf, tickAt } from "../../support/fixtures/ticks.ts";
import { needs } from "../../support/optional/needs.ts";
import { createCheckout, createFolder } from "../../support/processes/checkout.ts";
import { run } from "../../support/processes/program.ts";
import { exchange } from "../../support/processes/raw-request.ts";
import { type Service, startService } from "../../support/processes/service.ts";
import { pythonTool } from "../../support/programs/python-tool.ts";

const folder = createCheckout();

let service: Service;
let count: number;
beforeAll(async () => {
  service = await startService({ folder, env: { DYNAMODB: "embedded" } });
  for (let n = 0; n < 3; n++) await service.deliver(tickAt(freshTime()));
});
beforeEach(async () => {
  count = await service.count();
});

/** Internals that no reply may contain: a stack trace, a path, the table, the database. */
const INSIDE = /\n\s+at |node_modules|heartbeat-dev-|dynamodb|127\.0\.0\.1|ECONN/i;

it("schemathesis finds nothing by any check but unsupported_method", {
  ...needs("schemathesis"),
  timeout: 300_000,
}, async () => {
  const { code, output } = await run(
    [
      join(await pythonTool("schemathesis"), "schemathesis"),
      ...["--config-file", resolve("test/support/programs/schemathesis.toml")],
      ...["run", `${service.url}/openapi.json`, "--url", service.url],
      // API Gateway returns 404 where schemathesis expects 405.
      ...["--checks", "all", "--exclude-checks", "unsupported_method"],
      ...["--max-examples", "300", "--request-timeout", "20", "--continue-on-failure", "--no-color"],
    ],
    // The folder for schemathesis's own cache.
    { folder: createFolder() },
    280_000,
  );

  console.log(/\d+ generated.*/.exec(output)?.[0], /Seed: .*/.exec(output)?.[0]);
  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining("No issues found") });
  expect(await service.count()).toBe(count);
});

describe("an unexpected event", () => {
  /** Each function that takes events, the events that it rejects, and the error message. */
  const REFUSED: [string, fc.Arbitrary<unknown>, RegExp][] = [
    ["heartbeat", noTicks, /^event(\.\w+)? must /],
    ["settings", noSettings, /^refused, nothing is changed: /],
  ];

  it.each(REFUSED)("is rejected by %s, and changes nothing", async (name, rejected, message) => {
    await fc.assert(
      fc.asyncProperty(rejected, async (event) => {
        expect(await service.invoke(name, event)).toMatchObject({
          errorMessage: expect.stringMatching(message),
        });
      }),
      { numRuns: 500 },
    );

    expect(await service.count()).toBe(count);
    expect(await service.invoke("settings", {})).toMatchObject({ version: 0 });
  });
});

it("counts minutes at the boundaries of the calendar once", async () => {
  const answers = [];
  for (const time of [...REAL_TIMES, ...REAL_TIMES]) answers.push(await service.deliver(tickAt(time)));

  expect(answers).toEqual(
    [true, false].flatMap((counted) => REAL_TIMES.map((time) => ({ counted, minute: minuteOf(time) }))),
  );
  expect(await service.count()).toBe(count + REAL_TIMES.length);
});

const request = (target: string, { method = "GET", headers = "", body = "" } = {}) =>
  `${method} ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${headers}\r\n${body}`;
const long = (length: number) => "a".repeat(length);

describe("answers a request that API Gateway accepts", () => {
  const withHeader = (header: string) => request("/ping", { headers: `${header}\r\n` });
  const ACCEPTED: Record<string, string[]> = {
    "any cookie": [
      ...[
        'prefs={"theme":"dark"}',
        "a=b; c",
        "=;;",
        "{",
        'a="b',
        "\xe9=\xe9",
        "a=b\r\nCookie: {",
        "__proto__=a",
      ],
      "a=b; ".repeat(1_500),
    ].map((cookie) => withHeader(`Cookie: ${cookie}`)),
    "a range": ["bytes=0-1", "bytes=99999-", "x"].map((range) => withHeader(`Range: ${range}`)),
    "malformed headers": [
      ...[
        "Accept: */*;q=x",
        "Accept-Encoding: gzip;q=x",
        "Accept-Language: \xff",
        "Authorization: Bearer",
        "Referer: ::",
      ],
      ...[
        "Content-Type: a",
        "If-None-Match: W/",
        "If-Modified-Since: x",
        "Origin: null",
        "Origin: x",
        "User-Agent:",
      ],
      ...["Upgrade: websocket", "X-Forwarded-Host: x", "X-HTTP-Method-Override: POST", `x: ${long(9_000)}`],
    ].map(withHeader),
    "a body": [
      withHeader("Content-Length: 0"),
      request("/ping", { headers: "Content-Type: application/json\r\nContent-Length: 3\r\n", body: '{"a' }),
      request("/ping", { headers: "Transfer-Encoding: chunked\r\n", body: "4\r\nabcd\r\n0\r\n\r\n" }),
    ],
    "any query": [
      "",
      "%",
      "%zz",
      "a=%E0%A4%A",
      "%00",
      "&&&",
      "=",
      "?",
      "a[b]=c&a=d",
      "__proto__=1",
      "a=<>\"'",
      long(9_000),
    ].map((query) => request(`/ping?${query}`)),
    "another host": ["x", "a_b", "[::1]:80", "localhost:"].map((host) =>
      request("/ping").replace("localhost", host),
    ),
  };

  it.each(Object.entries(ACCEPTED))("with %s", async (_, requests) => {
    for (const bytes of requests) {
      const { status, body } = await exchange({ hostname: "localhost", port: service.port }, bytes);

      const reply = { bytes: bytes.slice(0, 120), status, body: body.toString() };
      expect(reply).toEqual({ ...reply, status: 200, body: '{"payload":"PONG"}' });
    }
  });
});

it("returns 200 on 200 concurrent connections", async () => {
  const at = { hostname: "localhost", port: service.port };
  const paths = ["/ping", "/beats", "/status", "/"];

  const replies = await Promise.all(
    Array.from({ length: 200 }, (_, n) => exchange(at, request(paths[n % paths.length] ?? "/"))),
  );

  expect(replies.map(({ status }) => status)).toEqual(Array(200).fill(200));
});

it("returns 400 for an invalid Host header", async () => {
  const statuses = [];
  for (const host of ["a b", "[::1", "a:99999", "%", "<x>"]) {
    const bytes = request("/ping").replace("localhost", host);
    statuses.push((await exchange({ hostname: "localhost", port: service.port }, bytes)).status);
  }

  expect(statuses).toEqual([400, 400, 400, 400, 400]);
  expect(service.program.output()).not.toContain("Invalid URL");
});

describe("a malformed request", () => {
  const lines = (number: number) => Array.from({ length: number }, (_, n) => `x-${n}: ${n}\r\n`).join("");

  const REQUESTS: Record<string, string[]> = {
    "a long path": [8_000, 64_000].map((length) => request(`/${long(length)}`)),
    "a long query": ["/", "/beats", "/status", "/beats/history", "/badge.svg"].flatMap((path) => [
      request(`${path}?${long(14_000)}`),
      request(`${path}?${"a=b&".repeat(3_500)}`),
      request(`${path}?${long(64_000)}`),
    ]),
    "very many headers": [
      request("/beats", { headers: lines(500) }),
      request("/beats", { headers: lines(3_000) }),
      request("/beats", { headers: `x: ${long(100_000)}\r\n` }),
      request("/badge.svg", { headers: `If-None-Match: ${'"a",'.repeat(3_000)}\r\n` }),
    ],
    "another method": ["/", "/ping", "/beats", "/beats/history", "/status", "/health"].flatMap((path) =>
      ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "BEAT"].map(
        (method) => request(path, { method }),
      ),
    ),
    "a body": ["/", "/ping", "/beats", "/beats/history", "/status"].flatMap((path) => [
      request(path, { headers: "Content-Length: 8\r\n", body: '{"a": 1}' }),
      request(path, { headers: "Content-Type: application/json\r\nContent-Length: 3\r\n", body: '{"a' }),
      request(path, { headers: "Content-Length: 1000000\r\n", body: long(1_000_000) }),
      request(path, { headers: "Transfer-Encoding: chunked\r\n", body: "4\r\nabcd\r\n0\r\n\r\n" }),
      request(path, {
        headers: "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
        body: "0\r\n\r\n",
      }),
      request(path, { method: "POST", headers: "Content-Length: 2\r\n", body: "{}" }),
    ]),
    "percent-encoding": ["/%62eats", "/beats%2fhistory", "/%", "/%zz", "/beats/%E0%A4%A", "/%25%32%35"].map(
      (path) => request(path),
    ),
    "..": [
      ...["/../../etc/passwd", "/beats/../status", "/..%2f..%2fetc%2fpasswd", "/%2e%2e/%2e%2e/package.json"],
      ...["/..\\..\\package.json", "/./beats", "//beats", "/beats//", "/beats/"],
      ...["http://example.org/beats", "*", "/beats#fragment", "/.git/config"],
    ].map((path) => request(path)),
    "null bytes": [
      ...[
        "/beats\0",
        "/beats%00",
        "/beats?%00",
        "/beats/history?limit=%00",
        "/beats/history?step=hour%00",
      ].map((path) => request(path)),
      request("/beats", { headers: "x: a\0b\r\n" }),
    ],
    "names of JavaScript built-ins": ["__proto__", "constructor", "toString", "hasOwnProperty"].flatMap(
      (name) => [
        request(`/${name}`),
        request(`/beats?${name}=1`),
        request(`/status?${name}[x]=1`),
        request(`/beats/history?${name}=1`),
        request("/status", { headers: `${name}: 1\r\n` }),
      ],
    ),
    "invalid headers": ["Expect: x", "Content-Length: -1", "Transfer-Encoding: x", "Host: x"].map((header) =>
      request("/badge.json", { headers: `${header}\r\n` }),
    ),
    "bytes that are not HTTP": [
      "GET /beats HTTP/1.1\r\nConnection: close\r\n\r\n",
      "GET /beats HTTP/1.0\r\n\r\n",
      "GET /beats HTTP/9.9\r\n\r\n",
      "GET /beats\r\n\r\n",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
      request("/b\xeaats"),
      request("/be ats"),
      "\r\n\r\n",
      "\0",
    ],
  };

  it.each(Object.entries(REQUESTS))(
    "(%s) gets a reply or a closed connection, exposes nothing, and counts nothing",
    async (_, requests) => {
      const at = { hostname: "localhost", port: service.port };
      for (const bytes of requests) {
        const { status, body } = await exchange(at, bytes);

        const reply = { request: bytes.slice(0, 80), status, inside: INSIDE.exec(body.toString())?.[0] };
        // No reply is acceptable only if the client asked for a tunnel, or sent no HTTP request and closed the connection.
        const isClosed =
          Number.isNaN(status) && (/^CONNECT /.test(bytes) || !/Connection: close/.test(bytes));
        const isRefused = isClosed || (status >= 400 && status < 500);
        const isServed = (status >= 200 && status < 400) || (status === 503 && /\/health/.test(bytes));
        expect(reply).toEqual({ ...reply, inside: undefined });
        expect([reply, isRefused || isServed]).toEqual([reply, true]);
      }

      expect(await service.count()).toBe(count);
      expect((await service.request("GET", "/ping")).status).toBe(200);
    },
  );
});
