import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import event from "../../../events/pulse.json" with { type: "json" };
import type { History } from "../../../lib/domain/beat-store.ts";
import { MalformedRowError, StoreUnavailableError } from "../../../lib/domain/errors.ts";
import { renderOpenApi } from "../../../lib/http/openapi.ts";
import { DEFAULT_NAMES } from "../../../lib/service/names.ts";
import manifest from "../../../package.json" with { type: "json" };
import { createMemoryStore } from "../../support/fakes/memory-store.ts";
import { pathsOf } from "../../support/fixtures/declared-routes.ts";
import { type Facts, historyOf, minutesFrom } from "../../support/fixtures/history.ts";
import { type Answer, faultsOf, type OpenApi } from "../../support/programs/openapi.ts";

// The module opens a store and reads from it when it is loaded.
vi.doMock("../../../lib/dynamodb/open.ts", () => ({ openBeatStore: createMemoryStore }));

import { createPulseHandler } from "../../../handlers/factories/pulse.ts";

const document: OpenApi & { info: object } = JSON.parse(renderOpenApi(DEFAULT_NAMES).body ?? "");
/** test/support/contracts/http-cases.ts compares the routes of other functions, and the history, with the document. */
const PATHS = pathsOf("pulse").filter((path) => path !== "/beats/history");

const BEATEN = { born: "2026-11-23T20:00Z", beaten: minutesFrom("2026-11-23T20:00Z", "2026-11-23T22:39Z") };
const GAPPED = { ...BEATEN, beaten: BEATEN.beaten.filter((minute) => minute !== "2026-11-23T21:00Z") };
const PAUSED = { ...BEATEN, pauses: [{ from: "2026-11-23T22:40Z" }] };

const ask = async (path: string, stored: Facts | Error, time = "22:40", headers = {}) => {
  const readFacts = (): Promise<History> =>
    stored instanceof Error ? Promise.reject(stored) : Promise.resolve(historyOf(stored));
  const handler = createPulseHandler(
    { ...createMemoryStore(), read: readFacts },
    { lateAfter: 120, downAfter: 240, every: 1 },
    DEFAULT_NAMES,
    () => Date.parse(`2026-11-23T${time}Z`),
  );
  const reply = await handler({ ...event, headers, routeKey: `GET ${path}` });
  return {
    status: reply.statusCode ?? 0,
    headers: new Headers(Object.entries(reply.headers ?? {}).map(([name, value]) => [name, String(value)])),
    body: Buffer.from(reply.body ?? ""),
  };
};

beforeEach(() => void vi.spyOn(console, "error").mockImplementation(() => {}));
afterEach(() => vi.restoreAllMocks());

test("the document matches the schema of OpenAPI 3.1", async () => {
  const { valid, errors } = await new Validator().validate(
    JSON.parse(renderOpenApi(DEFAULT_NAMES).body ?? ""),
  );

  expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
});

test("the document passes the strict recommended rules of Redocly", () => {
  const folder = mkdtempSync(join(tmpdir(), "heartbeat-openapi-"));
  const file = join(folder, "openapi.json");
  writeFileSync(file, renderOpenApi(DEFAULT_NAMES).body ?? "");
  try {
    const output = execFileSync(
      "node_modules/.bin/redocly",
      ["lint", file, "--extends", "recommended-strict", "--format", "json"],
      {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
        // Redocly must not contact other hosts.
        env: { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" },
      },
    );

    expect(JSON.parse(output).problems).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe("the document", () => {
  const { servers, tags, components, paths } = JSON.parse(renderOpenApi(DEFAULT_NAMES).body ?? "");
  const operations: [string, OperationObject][] = Object.entries<Record<string, OperationObject>>(
    paths,
  ).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, OperationObject] => [
      `${method} ${path}`,
      operation,
    ]),
  );

  test("names every object, so that generated types have names", () => {
    const nameless = (value: unknown, path: string): string[] => {
      if (typeof value !== "object" || value === null) return [];
      const below = Object.entries(value).flatMap(([key, one]) => nameless(one, `${path}/${key}`));
      return "properties" in value ? [path, ...below] : below;
    };
    const named = Object.keys(components.schemas).map((name) => `/${name}`);

    const found = [...nameless(components.schemas, ""), ...nameless(paths, "/paths")];

    expect(found.filter((path) => !named.includes(path))).toEqual([]);
  });

  test.each(operations)("%s has a description, a tag that exists, and the gateway's 429", (_, operation) => {
    expect(operation.description).toMatch(/^[A-Z].*\.$/);
    expect(tags.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(operation.tags));
    expect(operation.tags).toHaveLength(1);
    expect(operation.responses).toHaveProperty("429");
  });

  test("has a server address relative to its own", () => {
    const [{ url }] = servers;

    expect(new URL(`${url}/ping`, "https://example.com/team/heartbeat/openapi.json").href).toBe(
      "https://example.com/team/heartbeat/ping",
    );
  });
});

interface OperationObject {
  description: string;
  tags: string[];
  responses: object;
}

test("the document has the version of package.json", () => {
  expect(document.info).toMatchObject({
    ...{ title: manifest.name, version: manifest.version, contact: { name: expect.any(String) } },
  });
});

describe.each(PATHS)("%s matches the document", (path) => {
  test.each([
    ["new", {}, "22:40"],
    ["up", BEATEN, "22:40"],
    ["up, with a gap", GAPPED, "22:40"],
    ["late", BEATEN, "22:41"],
    ["down", BEATEN, "23:59"],
    ["paused", PAUSED, "23:59"],
  ])("when the state is %s", async (_, facts, time) => {
    expect(faultsOf(document, "GET", path, await ask(path, facts, time))).toEqual([]);
  });

  test.each([
    [503, new StoreUnavailableError("the history could not be read", "no answer")],
    [500, new MalformedRowError("row live: beats has an unexpected value: -1")],
  ])("when the snapshot cannot be read, with status %i", async (status, fault) => {
    const reply = await ask(path, fault);

    expect(faultsOf(document, "GET", path, reply)).toEqual([]);
    expect(reply.status).toBe(path === "/openapi.json" ? 200 : status);
  });

  test("when the request has the current ETag", async () => {
    const { headers } = await ask(path, BEATEN);
    const etag = headers.get("etag");

    const reply = await ask(path, BEATEN, "22:40", { "if-none-match": etag ?? "*" });

    expect(reply.status).toBe(etag === null ? 200 : 304);
    expect(faultsOf(document, "GET", path, reply)).toEqual([]);
  });
});

describe("the comparison of a reply with the document", () => {
  const withType = (type: string) => (reply: Answer) => ({
    ...reply,
    headers: new Headers({ "content-type": type }),
  });
  const withField = (change: object) => (reply: Answer) => ({
    ...reply,
    body: Buffer.from(JSON.stringify({ ...JSON.parse(reply.body.toString()), ...change })),
  });

  test.each<[string, (reply: Answer) => Answer, string]>([
    ["a status", (reply) => ({ ...reply, status: 418 }), "418 is not described"],
    ["a type", withType("text/html; charset=utf-8"), "text/html is not described"],
    ["a field", withField({ extra: 1 }), "/ must NOT have additional properties"],
    [
      "a nested field",
      withField({ newest: { minute: "2026-11-23T22:39Z", age: 60, more: 1 } }),
      "/newest must match a schema in anyOf",
    ],
    ["a missing field", withField({ beats: undefined }), "/ must have required property 'beats'"],
    ["a value", withField({ beats: "7" }), "/beats must be integer"],
  ])("finds %s that differs", async (_, change, fault) => {
    const reply = change(await ask("/status", BEATEN));

    expect(faultsOf(document, "GET", "/status", reply)).toContain(`GET /status: ${fault}`);
  });

  test("finds a body in a reply to HEAD and a missing ETag", async () => {
    const { headers, ...reply } = await ask("/openapi.json", {});

    expect(faultsOf(document, "HEAD", "/openapi.json", { ...reply, headers: new Headers() })).toEqual([
      "HEAD /openapi.json: there is no ETag",
      "HEAD /openapi.json: there is a body",
    ]);
  });
});
