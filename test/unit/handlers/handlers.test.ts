import { describe, expect, test, vi } from "vitest";
import event from "../../../events/heartbeat.json" with { type: "json" };
import { createBeatsHandler } from "../../../handlers/factories/beats.ts";
import { createHeartbeatHandler } from "../../../handlers/factories/heartbeat.ts";
import { handler as ping } from "../../../handlers/ping.ts";
import type { BeatStore } from "../../../lib/domain/beat-store.ts";
import { MalformedRowError, StoreRefusedError, StoreUnavailableError } from "../../../lib/domain/errors.ts";
import { DEFAULT_NAMES } from "../../../lib/service/names.ts";
import { captureOutput } from "../../support/captured-output.ts";
import { createMemoryStore } from "../../support/fakes/memory-store.ts";
import { onDay } from "../../support/fixtures/store-on-day.ts";

const NOW = Date.parse("2026-11-23T22:40:00.048Z");
const STAGE = { thresholds: { lateAfter: 120, downAfter: 240, every: 1 }, names: DEFAULT_NAMES };
const CONTEXT = {
  awsRequestId: "1b4d",
  functionName: "heartbeat-unit-heartbeat",
  getRemainingTimeInMillis: () => 180_000,
};

const { logged, metered } = captureOutput();

describe("heartbeat", () => {
  test("counts a scheduled minute, logs the original's line, minute and lateness, and writes the metrics", async () => {
    const heartbeat = createHeartbeatHandler(createMemoryStore(), STAGE, () => NOW);

    const answer = await heartbeat(event, CONTEXT);

    expect(answer).toEqual({ counted: true, minute: "2026-11-23T22:40Z" });
    expect(logged).toEqual([
      "bump,Bump... @ 2026-11-23 22:40:00.048 +0000 UTC",
      { minute: "2026-11-23T22:40Z", lateness: 48 },
    ]);
    expect(metered).toEqual([
      expect.objectContaining({
        FunctionName: "heartbeat-unit-heartbeat",
        BeatsCounted: 1,
        BeatsDuplicate: 0,
        BeatLateness: 48,
      }),
    ]);
  });

  test("returns counted false for a duplicate, logs no beat and writes the metrics of a duplicate", async () => {
    const store = createMemoryStore();
    await createHeartbeatHandler(store, STAGE, () => NOW)(event, CONTEXT);
    logged.length = 0;
    metered.length = 0;
    const heartbeat = createHeartbeatHandler(store, STAGE, () => NOW + 90_000);

    const answer = await heartbeat({ ...event, id: "another" }, CONTEXT);

    expect(answer).toEqual({ counted: false, minute: "2026-11-23T22:40Z" });
    expect(logged).toEqual([]);
    expect(metered).toEqual([expect.objectContaining({ BeatsCounted: 0, BeatsDuplicate: 1 })]);
  });

  test("returns paused true for a covered minute, logs no beat and writes the metrics of a paused beat", async () => {
    const store = createMemoryStore();
    await onDay("2026-11-23", store).pause("22:40", "database upgrade");
    logged.length = 0;
    metered.length = 0;

    const answer = await createHeartbeatHandler(store, STAGE, () => NOW)(event, CONTEXT);

    expect(answer).toEqual({ counted: false, minute: "2026-11-23T22:40Z", paused: true });
    expect(logged).toEqual([]);
    expect(metered).toEqual([
      expect.objectContaining({ BeatsCounted: 0, BeatsDuplicate: 0, BeatsPaused: 1 }),
    ]);
  });

  test("logs a lateness of 0 for an event whose clock is ahead", async () => {
    const heartbeat = createHeartbeatHandler(createMemoryStore(), STAGE, () => NOW - 30_000);

    await heartbeat(event, CONTEXT);

    expect(logged[1]).toEqual({ minute: "2026-11-23T22:40Z", lateness: 0 });
  });

  test("throws for an invalid event, counts nothing and writes no log or metrics", async () => {
    const store = createMemoryStore();
    const heartbeat = createHeartbeatHandler(store, STAGE, () => NOW);

    await expect(async () => heartbeat({ time: "yesterday" }, CONTEXT)).rejects.toThrow(
      'event.time must be a real UTC time like 2026-11-23T22:40:00Z, not "yesterday"',
    );

    expect(await store.count()).toBe(0);
    expect(logged).toEqual([]);
    expect(metered).toEqual([]);
  });

  test("throws when the store fails, so that Lambda retries, and writes no metrics", async () => {
    const fault = new StoreUnavailableError("the beat could not be recorded", "no answer");
    const heartbeat = createHeartbeatHandler(failing(fault), STAGE, () => NOW);

    await expect(heartbeat(event, CONTEXT)).rejects.toBe(fault);

    expect(logged).toEqual([]);
    expect(metered).toEqual([]);
  });
});

describe("beats", () => {
  test("returns the count in exactly the original's bytes", async () => {
    const store = createMemoryStore();
    await store.record({ minute: "2026-11-23T22:40Z", recordedAt: NOW });

    const reply = await createBeatsHandler(store)();

    expect(reply).toEqual({
      statusCode: 200,
      headers: { "content-type": "application/json", "cache-control": "no-store" },
      body: '{"payload":1}',
    });
  });

  test("returns 503 and Retry-After while the store is unavailable, and logs the cause as an object", async () => {
    const fault = new StoreUnavailableError("the beats could not be read", new Error("secret-table is gone"));

    const reply = await createBeatsHandler(failing(fault))();

    expect(reply).toEqual({
      statusCode: 503,
      headers: {
        "content-type": "application/problem+json",
        "cache-control": "no-store",
        "retry-after": "10",
      },
      body: '{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"The database is unavailable. Try again later."}',
    });
    expect(logged).toEqual([
      { error: "StoreUnavailableError: the beats could not be read: Error: secret-table is gone" },
    ]);
  });

  test("returns 500 for a malformed row and logs its name", async () => {
    const fault = new MalformedRowError("row live: beats has an unexpected value: -1");

    const reply = await createBeatsHandler(failing(fault))();

    expect(reply).toEqual({
      statusCode: 500,
      headers: { "content-type": "application/problem+json", "cache-control": "no-store" },
      body: '{"type":"about:blank","title":"Internal Server Error","status":500,"detail":"Internal error. See the log of the function."}',
    });
    expect(logged).toEqual([
      { error: expect.stringContaining("MalformedRowError: row live: beats has an unexpected value: -1") },
    ]);
  });
});

test("beats returns 500 when the store refuses, and logs what to change without a stack", async () => {
  const fault = new StoreRefusedError(
    "the beats could not be read",
    Object.assign(new Error("no"), { name: "AccessDeniedException" }),
    "Allow the role of this function dynamodb:GetItem on table beats.",
  );

  const reply = await createBeatsHandler(failing(fault))();

  expect(reply).toEqual({
    statusCode: 500,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store" },
    body: '{"type":"about:blank","title":"Internal Server Error","status":500,"detail":"Internal error. See the log of the function."}',
  });
  expect(logged).toEqual([
    {
      error:
        "StoreRefusedError: the beats could not be read: AccessDeniedException: no. Allow the role of this function dynamodb:GetItem on table beats.",
    },
  ]);
});

test("ping returns exactly the original's bytes", async () => {
  expect(await ping()).toEqual({
    statusCode: 200,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
    body: '{"payload":"PONG"}',
  });
});

describe("without BEATS_TABLE", () => {
  test.each(["", undefined])("(%j) openBeatStore throws an error that names the variable", async (value) => {
    const { openBeatStore } = await vi.importActual<typeof import("../../../lib/dynamodb/open.ts")>(
      "../../../lib/dynamodb/open.ts",
    );

    expect(() => openBeatStore(value === undefined ? {} : { BEATS_TABLE: value })).toThrow(
      "BEATS_TABLE is not set: set it to the name of the table of beats",
    );
  });
});

const failing = (fault: Error): BeatStore => ({
  lookUp: () => Promise.reject(fault),
  record: () => Promise.reject(fault),
  count: () => Promise.reject(fault),
  read: () => Promise.reject(fault),
  past: () => Promise.reject(fault),
  thresholds: () => Promise.reject(fault),
});
