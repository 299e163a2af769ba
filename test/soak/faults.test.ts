import { expect, inject, test } from "vitest";
import { minuteAt } from "../../lib/domain/minute.ts";
import { createBeatStore } from "../../lib/dynamodb/beat-store.ts";
import { connect, freshTable, storedRows } from "../support/databases/table.ts";
import { passOn, type Step, startFaultProxy } from "../support/fakes/fault-proxy.ts";
import { describeOnEngines } from "../support/optional/needs.ts";
import { FAULTS } from "./workload.ts";

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
const { none: _, "rejected for good": rejected, ...passing } = FAULTS;

describeOnEngines("on the %s engine", (engine) => {
  const url = inject("engines")[engine] ?? "";
  /** Counts a first beat, then starts a store whose next transaction meets the fault, and records the tokens. */
  const storeWithFault = async (fault: Step) => {
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
    "counts a beat once, on the second attempt, when the first one meets: %s",
    async (_, fault) => {
      const { proxy, tokens, store, rows } = await storeWithFault(fault);
      await using _proxy = proxy;

      const outcome = await store.record(BEAT);

      await proxy.settled();
      expect(outcome).toBe("counted");
      expect(tokens).toEqual([expect.any(String), tokens[0]]);
      expect(await rows()).toEqual(COUNTED_ONCE);
    },
  );

  test("does not count a beat that the database rejects, and counts it when it is delivered again", async () => {
    const { proxy, tokens, store, rows } = await storeWithFault(rejected);
    await using _proxy = proxy;

    await expect(store.record(BEAT)).rejects.toThrow("the beat could not be recorded");

    expect(tokens).toHaveLength(1);
    expect(await rows()).toEqual(NOT_COUNTED);
    expect(await store.record(BEAT)).toBe("counted");
    expect(await rows()).toEqual(COUNTED_ONCE);
  });
});
