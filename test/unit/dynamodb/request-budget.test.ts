import { expect, test } from "vitest";
import { NOTIFY_LIMIT_MS } from "../../../lib/beat/notify.ts";
import { RESERVED_MS } from "../../../lib/beat/run-job.ts";
import { RECORD_LIMIT_MS } from "../../../lib/domain/beat-store.ts";
import { MAX_RECORD_REQUESTS } from "../../../lib/dynamodb/beat/record-beat.ts";
import { createBeatStore } from "../../../lib/dynamodb/beat-store.ts";
import { REQUEST_LIMIT_MS } from "../../../lib/dynamodb/table/client.ts";
import { connect } from "../../support/databases/table.ts";
import { cancel, reply, type Step, scriptDynamoDb } from "../../support/fakes/fault-proxy.ts";

const BEAT = { minute: "2026-11-23T22:40Z", recordedAt: Date.parse("2026-11-23T22:40:00.048Z") };

/** Replies that the condition on the row `live` failed, and that the row has these attributes. */
const refuse = (live: Record<string, object>): Step =>
  reply(400, {
    __type: "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
    Message: "scripted",
    CancellationReasons: [
      { Code: "None" },
      { Code: "ConditionalCheckFailed", Item: { beats: { N: "0" }, ...live } },
      { Code: "None" },
    ],
  });
const pausedLater = refuse({ openFrom: { S: "2026-11-23T22:51Z" }, pausedFrom: { S: "2026-11-23T22:50Z" } });
const paused = refuse({ openFrom: { S: "9999-12-31T23:59Z" }, pausedFrom: { S: "2026-11-23T22:40Z" } });
const rows = reply(200, { Items: [] });
const done = reply(200, {});

test("record makes MAX_RECORD_REQUESTS requests for a first beat when a pause changes before each attempt", async () => {
  await using database = await scriptDynamoDb(
    ...[pausedLater, rows, rows],
    ...[pausedLater, rows],
    ...[pausedLater, rows],
    ...[paused, done],
  );

  const outcome = await createBeatStore({ db: connect(database.url), name: "beats" }).record(BEAT);

  expect(outcome).toBe("covered");
  expect(database.requests).toHaveLength(MAX_RECORD_REQUESTS);
});

test("record makes no lookup after its last attempt", async () => {
  await using database = await scriptDynamoDb(
    ...[pausedLater, rows, rows],
    ...[pausedLater, rows],
    ...[pausedLater, rows],
    pausedLater,
  );

  await expect(createBeatStore({ db: connect(database.url), name: "beats" }).record(BEAT)).rejects.toThrow(
    "the beat could not be recorded: concurrent changes in 4 attempts",
  );

  expect(database.requests).toHaveLength(8);
});

test("lookUp gives up when the pause changes before each of its attempts", async () => {
  const live = { sk: { S: "live" }, beats: { N: "0" } };
  const pause = { openFrom: { S: "9999-12-31T23:59Z" }, pausedFrom: { S: "2026-11-23T22:40Z" } };
  const openPause = reply(200, { Items: [{ ...live, ...pause }] });
  await using database = await scriptDynamoDb(
    ...[openPause, cancel("ConditionalCheckFailed")],
    ...[openPause, cancel("ConditionalCheckFailed")],
    ...[openPause, cancel("ConditionalCheckFailed")],
  );

  await expect(createBeatStore({ db: connect(database.url), name: "beats" }).lookUp(BEAT)).rejects.toThrow(
    "the beat could not be looked up: concurrent changes in 3 attempts",
  );

  expect(database.requests).toHaveLength(6);
});

test("the time that is kept for recording after a job is enough for the beat, the thresholds and notifyUrl", () => {
  expect(RECORD_LIMIT_MS).toBe((MAX_RECORD_REQUESTS + 1) * REQUEST_LIMIT_MS);
  expect(RESERVED_MS).toBeGreaterThanOrEqual(RECORD_LIMIT_MS + NOTIFY_LIMIT_MS + 1_000);
});
