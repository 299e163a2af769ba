import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as after } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { createDynamoStore } from "../../lib/dynamodb-store.ts";
import {
  cancel,
  dawdle,
  dribble,
  fail,
  hang,
  loseAnswer,
  scriptDynamoDb,
  stall,
  succeed,
} from "../support/fault-proxy.ts";
import { connect } from "../support/table.ts";

const BEAT = { minute: "2026-11-23T22:40Z", recordedAt: Date.parse("2026-11-23T22:40:00.048Z") };
const conflict = cancel("None", "TransactionConflict", "None");

describe("a transaction is tried again, and stays the same one,", () => {
  test.each([
    ["after a conflict", conflict],
    ["after its throttling", cancel("ThrottlingError", "None", "None")],
    ["after a lack of throughput", cancel("None", "None", "ProvisionedThroughputExceeded")],
    ["after a lost answer", loseAnswer],
    ["after a fault of the server", fail(500, "InternalServerError")],
    ["while its first try is still under way", fail(400, "TransactionInProgressException")],
  ])("%s", async (_, fault) => {
    await using database = await scriptDynamoDb(fault, fault, succeed);
    const store = createDynamoStore(connect(database.url), "beats");

    const outcome = await store.record(BEAT);

    expect(outcome).toBe("counted");
    const tokens = database.requests.map((request) => request["ClientRequestToken"]);
    expect(tokens).toEqual([expect.any(String), tokens[0], tokens[0]]);
  });
});

describe("after 4 tries the store is unavailable", () => {
  test.each([
    ["when every try meets a conflict", conflict],
    ["when no try is answered", loseAnswer],
    ["when every try hangs", hang],
    ["when every try stops in the middle of its answer", stall],
    ["when every try only ever says that it goes on", dawdle],
    ["when every try is throttled", cancel("None", "ThrottlingError", "None")],
  ])("%s", async (_, fault) => {
    await using database = await scriptDynamoDb(fault);
    const store = createDynamoStore(connect(database.url), "beats");

    await expect(store.record(BEAT)).rejects.toThrow("the beat could not be recorded");

    expect(database.requests).toHaveLength(4);
  });
});

test("a transaction that a condition refused is not tried again, though another item met a conflict", async () => {
  await using database = await scriptDynamoDb(
    cancel("ConditionalCheckFailed", "TransactionConflict", "None"),
  );
  const store = createDynamoStore(connect(database.url), "beats");

  const outcome = await store.record(BEAT);

  expect(outcome).toBe("stored");
  expect(database.requests).toHaveLength(1);
});

test("a transaction that was refused for good is not tried again", async () => {
  await using database = await scriptDynamoDb(cancel("ValidationError", "None", "None"));
  const store = createDynamoStore(connect(database.url), "beats");

  await expect(store.record(BEAT)).rejects.toThrow("the beat could not be recorded");

  expect(database.requests).toHaveLength(1);
});

describe("/beats has time left of its 10 s for a 503 when the database", () => {
  test.each([
    ["hangs", hang, "TimeoutError"],
    ["only ever says that it goes on", dawdle, "TimeoutError"],
    ["answers byte after byte, without end", dribble, "AbortError"],
  ])("%s", async (_, fault, name) => {
    await using database = await scriptDynamoDb(fault);
    const store = createDynamoStore(connect(database.url), "beats");
    const timeout = AbortSignal.timeout(10_000);

    await expect(store.count()).rejects.toThrow(`the beats could not be read: ${name}`);

    expect(timeout.aborted).toBe(false);
  });
});

test("the total is read consistently", async () => {
  await using database = await scriptDynamoDb(succeed);
  const store = createDynamoStore(connect(database.url), "beats");

  await store.count();

  expect(database.requests).toEqual([
    { TableName: "beats", Key: { pk: { S: "heart" }, sk: { S: "live" } }, ConsistentRead: true },
  ]);
});

test("a request that waits for a free socket runs into none of its timeouts", async () => {
  let requests = 0;
  const server = createServer(async (_, response) => {
    requests += 1;
    // Those of the first sockets take longer than a connection may.
    if (requests <= 50) await after(1_200);
    response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end("{}");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const store = createDynamoStore(
    connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    "beats",
  );

  const counts = await Promise.all(Array.from({ length: 200 }, () => store.count()));
  server.close();

  expect(counts).toEqual(Array(200).fill(0));
});
