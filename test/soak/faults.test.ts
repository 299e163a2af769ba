import { describe, expect, inject, test } from "vitest";
import { minuteAt } from "../../lib/domain/minute.ts";
import { createBeatStore } from "../../lib/dynamodb/beat-store.ts";
import { connect, freshTable, storedRows } from "../support/databases/table.ts";
import { passOn, type Step, startFaultProxy } from "../support/fakes/fault-proxy.ts";
import { FAULTS } from "./history.ts";

const engines = Object.entries(inject("engines")).flatMap(([engine, url]) =>
  url === undefined ? [] : [{ engine, url }],
);
const recordedAt = Date.parse("2026-11-23T22:40:00.048Z");
const BEAT = { minute: minuteAt(recordedAt), recordedAt };
const FIRST = { minute: minuteAt(recordedAt - 60_000), recordedAt: recordedAt - 60_000 };
const rowsOf = (marks: object, beats: number, newest: string) => [
  { sk: "hour#2026-11-23T22", ...marks },
  { sk: "live", beats, born: "2026-11-23T22:39Z", newest },
  { sk: "month#2026-11", 23: beats },
];
const COUNTED_ONCE = rowsOf({ 39: 48, 40: 48 }, 2, "2026-11-23T22:40Z");
const NOT_COUNTED = rowsOf({ 39: 48 }, 1, "2026-11-23T22:39Z");
const { none: _, "refused for good": refused, ...passing } = FAULTS;

describe.each(engines)("on the $engine engine", ({ url }) => {
  /** A heart that beats, whose next transaction meets a fault, and what was asked of it by which token. */
  const meeting = async (fault: Step) => {
    const { db, table } = await freshTable(url);
    await createBeatStore({ db: db, name: table }).record(FIRST);
    const tokens: unknown[] = [];
    const proxy = await startFaultProxy(({ operation, body }) => {
      if (operation !== "TransactWriteItems") return passOn;
      tokens.push(body["ClientRequestToken"]);
      return tokens.length === 1 ? fault : passOn;
    }, url);
    return {
      proxy,
      tokens,
      store: createBeatStore({ db: connect(proxy.url), name: table }),
      rows: () => storedRows(db, table),
    };
  };

  test.each<[string, Step]>(Object.entries(passing))(
    "a beat whose first try is met by this is counted by the second, once: %s",
    async (_, fault) => {
      const { proxy, tokens, store, rows } = await meeting(fault);
      await using _proxy = proxy;

      const outcome = await store.record(BEAT);

      await proxy.settled();
      expect(outcome).toBe("counted");
      expect(tokens).toEqual([expect.any(String), tokens[0]]);
      expect(await rows()).toEqual(COUNTED_ONCE);
    },
  );

  test("a beat that is refused for good is not counted, and is when it is delivered again", async () => {
    const { proxy, tokens, store, rows } = await meeting(refused);
    await using _proxy = proxy;

    await expect(store.record(BEAT)).rejects.toThrow("the beat could not be recorded");

    expect(tokens).toHaveLength(1);
    expect(await rows()).toEqual(NOT_COUNTED);
    expect(await store.record(BEAT)).toBe("counted");
    expect(await rows()).toEqual(COUNTED_ONCE);
  });
});
