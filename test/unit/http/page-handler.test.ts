import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import event from "../../../events/pulse.json" with { type: "json" };
import { createPulseHandler } from "../../../handlers/factories/pulse.ts";
import type { History } from "../../../lib/domain/beat-store.ts";
import { StoreUnavailableError } from "../../../lib/domain/errors.ts";
import { renderPage } from "../../../lib/http/page/page.ts";
import { readPast } from "../../../lib/past/past.ts";
import { pulse } from "../../../lib/pulse/pulse.ts";
import { DEFAULT_NAMES } from "../../../lib/service/names.ts";
import { createMemoryStore } from "../../support/fakes/memory-store.ts";
import { type Facts, historyOf, minutesFrom } from "../../support/fixtures/history.ts";

const NOW = Date.parse("2026-11-23T22:40:34.500Z");
const RULES = { lateAfter: 120, downAfter: 240, every: 1 };
const UP: Facts = {
  born: "2026-11-23T20:00Z",
  beaten: minutesFrom("2026-11-23T20:00Z", "2026-11-23T22:40Z"),
};

const storeOf = (history: History | Error) => ({
  ...createMemoryStore(),
  read: () => (history instanceof Error ? Promise.reject(history) : Promise.resolve(history)),
});
const ask = (routeKey: string, stored: Facts | Error) =>
  createPulseHandler(
    storeOf(stored instanceof Error ? stored : historyOf(stored)),
    RULES,
    DEFAULT_NAMES,
    () => NOW,
  )({ ...event, routeKey, rawPath: "/" });

describe("/", () => {
  beforeEach(() => {
    vi.spyOn(console, "error").mockReturnValue();
  });
  afterEach(() => vi.restoreAllMocks());

  test.each(["GET /", "HEAD /"])("(%s) returns the page of the snapshot with an ETag", async (route) => {
    const reply = await ask(route, UP);

    const history = historyOf(UP);
    const past = await readPast(createMemoryStore(), history, NOW, RULES);
    const page = renderPage(pulse(history, NOW, RULES), past, { path: "/", names: DEFAULT_NAMES });
    expect(reply).toEqual({
      ...page,
      headers: { ...page.headers, etag: expect.stringMatching(/^"[\w-]+"$/) },
    });
  });

  test.each([
    ["known", historyOf(UP)],
    ["unknown", new StoreUnavailableError("gone", new Error("cause"))],
  ])("has addresses relative to the requested path, when the state is %s", async (_, stored) => {
    const handler = createPulseHandler(storeOf(stored), RULES, DEFAULT_NAMES, () => NOW);

    const { body } = await handler({ ...event, routeKey: "GET /", rawPath: "/heartbeat" });

    expect(body).toContain('<base href="./heartbeat/">');
  });

  test("returns 304 when the request has the current ETag", async () => {
    const { headers } = await ask("GET /", UP);

    const known = { "if-none-match": String(headers?.["etag"]) };
    const handler = createPulseHandler(storeOf(historyOf(UP)), RULES, DEFAULT_NAMES, () => NOW);
    const { statusCode, body } = await handler({ routeKey: "GET /", headers: known });

    expect({ statusCode, body }).toEqual({ statusCode: 304, body: undefined });
  });

  test("returns 503 and shows unknown when DynamoDB is unreachable", async () => {
    const { statusCode, body } = await ask("GET /", new StoreUnavailableError("gone", new Error("cause")));

    expect(statusCode).toBe(503);
    expect(body).toContain('<h1 id="word">Unknown</h1>');
  });
});
