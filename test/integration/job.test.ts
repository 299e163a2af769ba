import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, inject, test } from "vitest";
import { createHeartbeatHandler } from "../../handlers/factories/heartbeat.ts";
import { startOf } from "../../lib/domain/minute.ts";
import { createBeatStore } from "../../lib/dynamodb/beat-store.ts";
import { openJobRows } from "../../lib/dynamodb/open.ts";
import { DEFAULT_NAMES } from "../../lib/service/names.ts";
import { connect, freshTable, storedRows } from "../support/databases/table.ts";
import {
  after as commitAnd,
  fail,
  loseReply,
  passOn,
  type Step,
  startFaultProxy,
} from "../support/fakes/fault-proxy.ts";
import { tickAt } from "../support/fixtures/ticks.ts";
import { beQuiet } from "../support/quiet.ts";

const MINUTE = "2026-11-23T22:40Z";
const EVENT = tickAt("2026-11-23T22:40:00Z");
const NOW = startOf(MINUTE) + 48;
const CONTEXT = { functionName: "heartbeat-test-heartbeat", getRemainingTimeInMillis: () => 180_000 };
const engines = Object.entries(inject("engines")).flatMap(([name, url]) =>
  url === undefined ? [] : [{ name, url }],
);

/** More than the attempts of the client for one request, so that the invocation fails. */
const outage = (step: Step): Step[] => Array(4).fill(step);

describe.each(engines)("heartbeat with a job on the $name engine", ({ url }) => {
  beQuiet();

  /** A heartbeat that reaches the database through a proxy. `steps`: what each request meets. */
  const start = async (steps: Step[]) => {
    const { db, table } = await freshTable(url);
    // After a first beat, the first transaction of every other one can succeed.
    await createBeatStore({ db, name: table }).record({ minute: "2026-11-23T22:39Z", recordedAt: NOW });
    const proxy = await startFaultProxy(() => steps.shift() ?? passOn, url);
    const store = createBeatStore({ db: connect(proxy.url), name: table });
    const runs: string[] = [];
    const job = async ({ minute }: { minute: string }) => void runs.push(minute);
    const stage = { thresholds: { lateAfter: 150, downAfter: 270, every: 1 }, names: DEFAULT_NAMES, job };
    const handler = createHeartbeatHandler(store, stage, () => NOW);
    return {
      runs,
      store,
      deliver: () => handler(EVENT, CONTEXT).catch(({ name }: Error) => name),
      [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
    };
  };

  const counted = { counted: true, minute: MINUTE };
  const duplicate = { counted: false, minute: MINUTE };

  test.each<[string, Step[], unknown[], number]>([
    ["no fault", [], [counted, duplicate], 1],
    ["one lost reply to the look-up", [loseReply], [counted, duplicate], 1],
    [
      "an outage before the job",
      outage(fail(500, "InternalServerError")),
      ["StoreUnavailableError", counted],
      1,
    ],
    ["one lost request after the job", [passOn, loseReply], [counted, duplicate], 1],
    ["one lost reply after the commit", [passOn, commitAnd(loseReply)], [counted, duplicate], 1],
    [
      "an outage between the job and the record",
      [passOn, ...outage(fail(500, "InternalServerError"))],
      ["StoreUnavailableError", counted],
      2,
    ],
    [
      "every reply to the record lost after the commit",
      [passOn, ...outage(commitAnd(loseReply))],
      ["StoreUnavailableError", duplicate],
      1,
    ],
  ])("counts the minute once after %s", async (_, steps, replies, runs) => {
    await using heartbeat = await start(steps);

    const actual = [await heartbeat.deliver(), await heartbeat.deliver()];
    const again = await heartbeat.deliver();

    expect([...actual, again]).toEqual([...replies, duplicate]);
    expect(heartbeat.runs).toEqual(Array(runs).fill(MINUTE));
    expect(await heartbeat.store.count()).toBe(2);
  });

  test("counts the minute once when ten deliveries are concurrent, and runs no job after that", async () => {
    await using heartbeat = await start([]);

    const replies = await Promise.all(Array.from({ length: 10 }, () => heartbeat.deliver()));
    const runs = heartbeat.runs.length;
    await heartbeat.deliver();

    expect(replies.filter((reply) => Object(reply).counted)).toEqual([counted]);
    expect(runs).toBeGreaterThanOrEqual(1);
    expect(heartbeat.runs).toHaveLength(runs);
    expect(await heartbeat.store.count()).toBe(2);
  });
});

describe("the rows of a job", () => {
  test("are stored in their own partition, and a row with the same key replaces the first", async () => {
    const { db, table } = await freshTable(inject("engines").embedded);
    const rows = openJobRows("reports", { BEATS_TABLE: table });

    await rows.put(MINUTE, { status: 503, error: "busy" });
    await rows.put(MINUTE, { status: 200, pk: "heart", sk: "live" });

    const get = new GetCommand({ TableName: table, Key: { pk: "reports", sk: MINUTE } });
    expect((await db.send(get)).Item).toEqual({ pk: "reports", sk: MINUTE, status: 200 });
    expect(await storedRows(db, table)).toEqual([]);
  });

  test("cannot be opened in the partition of the beats", () => {
    expect(() => openJobRows("heart", { BEATS_TABLE: "beats" })).toThrow(
      "partition heart contains the beats: use another one",
    );
  });

  test("that cannot be stored throw StoreRefusedError that names the row and the permission", async () => {
    await freshTable(inject("engines").embedded);
    const rows = openJobRows("reports", { BEATS_TABLE: "no-such-table" });

    await expect(rows.put(MINUTE, {})).rejects.toThrow(
      /^the row 2026-11-23T22:40Z could not be stored: ResourceNotFoundException: .* Table no-such-table does not exist/,
    );
  });
});
