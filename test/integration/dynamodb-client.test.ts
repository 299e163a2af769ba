import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as after } from "node:timers/promises";
import { afterEach, describe, expect, test, vi } from "vitest";
import { StoreUnavailableError } from "../../lib/domain/errors.ts";
import { createBeatStore } from "../../lib/dynamodb/beat-store.ts";
import { createSettingsStore } from "../../lib/dynamodb/settings-store.ts";
import { connect } from "../support/databases/table.ts";
import {
  cancel,
  dawdle,
  dribble,
  fail,
  hang,
  loseReply,
  scriptDynamoDb,
  stall,
  succeed,
} from "../support/fakes/fault-proxy.ts";

const BEAT = { minute: "2026-11-23T22:40Z", recordedAt: Date.parse("2026-11-23T22:40:00.048Z") };
const conflict = cancel("None", "TransactionConflict", "None");

describe("a transaction is retried with the same token", () => {
  test.each([
    ["after a conflict", conflict],
    ["after throttling", cancel("ThrottlingError", "None", "None")],
    ["after exceeded throughput", cancel("None", "None", "ProvisionedThroughputExceeded")],
    ["after a lost reply", loseReply],
    ["after a server error", fail(500, "InternalServerError")],
    ["while its first attempt is in progress", fail(400, "TransactionInProgressException")],
  ])("%s", async (_, fault) => {
    await using database = await scriptDynamoDb(fault, fault, succeed);
    const store = createBeatStore({ db: connect(database.url), name: "beats" });

    const outcome = await store.record(BEAT);

    expect(outcome).toBe("counted");
    const tokens = database.requests.map((request) => request["ClientRequestToken"]);
    expect(tokens).toEqual([expect.any(String), tokens[0], tokens[0]]);
  });
});

describe("the store is unavailable after 4 attempts", () => {
  test.each([
    ["when every attempt meets a conflict", conflict],
    ["when no attempt gets a reply", loseReply],
    ["when every attempt hangs", hang],
    ["when every reply stops in the middle", stall],
    ["when every attempt gets only informational replies", dawdle],
    ["when every attempt is throttled", cancel("None", "ThrottlingError", "None")],
  ])("%s", async (_, fault) => {
    await using database = await scriptDynamoDb(fault);
    const store = createBeatStore({ db: connect(database.url), name: "beats" });

    await expect(store.record(BEAT)).rejects.toThrow("the beat could not be recorded");

    expect(database.requests).toHaveLength(4);
  });
});

test("a transaction with a failed condition is not retried, even if another item met a conflict", async () => {
  await using database = await scriptDynamoDb(
    cancel("ConditionalCheckFailed", "TransactionConflict", "None"),
  );
  const store = createBeatStore({ db: connect(database.url), name: "beats" });

  const outcome = await store.record(BEAT);

  expect(outcome).toBe("duplicate");
  expect(database.requests).toHaveLength(1);
});

test.each([
  ["alone", cancel("ValidationError", "None", "None")],
  ["beside a throttled item", cancel("ValidationError", "ThrottlingError", "None")],
])("a transaction with a permanent error is not retried, %s", async (_, fault) => {
  await using database = await scriptDynamoDb(fault);
  const store = createBeatStore({ db: connect(database.url), name: "beats" });

  await expect(store.record(BEAT)).rejects.toThrow("the beat could not be recorded");

  expect(database.requests).toHaveLength(1);
});

describe("change", () => {
  const SEEN = {
    version: 0,
    changeInfo: undefined,
    thresholds: {},
    pause: undefined,
    pauses: [],
    covered: undefined,
    pauseContext: { born: undefined, newest: undefined, openFrom: undefined, lastPaused: undefined },
  };
  const CHANGE = { changeInfo: { time: "2026-11-23T22:41:00.000Z", requestId: "1b4d" }, thresholds: {} };
  const throttle = fail(400, "ProvisionedThroughputExceededException");
  const changeOn = (url: string) =>
    createSettingsStore({ db: connect(url), name: "beats" }).change(SEEN, CHANGE);

  test.each([
    ["denied", "StoreRefusedError", [fail(400, "AccessDeniedException")]],
    ["made on a missing table", "StoreRefusedError", [fail(400, "ResourceNotFoundException")]],
    ["invalid", "StoreRefusedError", [fail(400, "ValidationException")]],
    ["signed with expired credentials", "StoreRefusedError", [fail(400, "ExpiredTokenException")]],
    ["throttled each time", "StoreUnavailableError", [throttle]],
    ["throttled by the account", "StoreUnavailableError", [fail(400, "RequestLimitExceeded")]],
    ["in conflict each time", "StoreUnavailableError", [cancel("TransactionConflict")]],
  ])('throws "nothing is changed" when the request is %s', async (_, name, steps) => {
    await using database = await scriptDynamoDb(...steps);

    await expect(changeOn(database.url)).rejects.toThrow(
      expect.objectContaining({ name, message: expect.stringMatching(/^nothing is changed: /) }),
    );
  });

  test('throws "nothing is changed" when the database is unreachable', async () => {
    await expect(changeOn("http://127.0.0.1:9")).rejects.toThrow(
      "nothing is changed: Error: connect ECONNREFUSED 127.0.0.1:9",
    );
  });

  test.each([
    ["gets no reply", "StoreUnavailableError", [loseReply]],
    ["gets no reply in time", "StoreUnavailableError", [hang]],
    ["gets half a reply", "StoreUnavailableError", [stall]],
    ["meets a server error", "StoreUnavailableError", [fail(500, "InternalServerError")]],
    ["gets no reply and is then throttled", "StoreUnavailableError", [loseReply, throttle]],
    [
      "gets no reply and is then denied",
      "StoreRefusedError",
      [loseReply, fail(400, "AccessDeniedException")],
    ],
  ])('throws "unknown outcome" when the request %s', async (_, name, steps) => {
    await using database = await scriptDynamoDb(...steps);

    await expect(changeOn(database.url)).rejects.toThrow(
      expect.objectContaining({
        name,
        message: expect.stringMatching(/^unknown outcome, the settings may have changed: /),
      }),
    );
  });
});

describe("count gives up after 9 s, before the timeout of its function, when the database", () => {
  afterEach(() => vi.restoreAllMocks());

  // The load of the machine decides whether the attempts or the limit end first, but only the limit stops an endless reply.
  test.each([
    ["hangs", hang, /TimeoutError|AbortError/],
    ["sends only informational replies", dawdle, /TimeoutError|AbortError/],
    ["sends an endless reply byte by byte", dribble, /AbortError/],
  ])("%s", async (_, fault, name) => {
    await using database = await scriptDynamoDb(fault);
    const store = createBeatStore({ db: connect(database.url), name: "beats" });
    const limits = vi.spyOn(AbortSignal, "timeout");

    const error = await store.count().catch((thrown) => thrown);

    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect(error.message).toMatch(name);
    expect(limits.mock.calls).toEqual([[9_000]]);
  });
});

test("count reads consistently", async () => {
  await using database = await scriptDynamoDb(succeed);
  const store = createBeatStore({ db: connect(database.url), name: "beats" });

  await store.count();

  expect(database.requests).toEqual([
    { TableName: "beats", Key: { pk: { S: "heart" }, sk: { S: "live" } }, ConsistentRead: true },
  ]);
});

test("a request that waits for a free socket does not time out", async () => {
  let requests = 0;
  const server = createServer(async (_, response) => {
    requests += 1;
    // The first 50 requests take longer than the connection timeout.
    if (requests <= 10) await after(1_200);
    response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end("{}");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const store = createBeatStore({ db: connect(url), name: "beats" });

  const counts = await Promise.all(Array.from({ length: 200 }, () => store.count()));
  server.close();

  expect(counts).toEqual(Array(200).fill(0));
});
