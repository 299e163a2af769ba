import { isDeepStrictEqual } from "node:util";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { BeatStore } from "../../lib/domain/beat-store.ts";
import { StoreRefusedError } from "../../lib/domain/errors.ts";
import { type Minute, toIndex } from "../../lib/domain/minute.ts";
import { lastDueAt } from "../../lib/domain/timeline.ts";
import { createBeatStore } from "../../lib/dynamodb/beat-store.ts";
import { createSettingsStore } from "../../lib/dynamodb/settings-store.ts";
import type { Pulse } from "../../lib/pulse/pulse.ts";
import type { Reply } from "../../lib/reply/reply.ts";
import { ConflictError } from "../../lib/settings/decide.ts";
import { recount } from "../../tools/cli/audit/recount.ts";
import { readRows } from "../../tools/cli/audit/table-io.ts";
import { minutesFrom } from "../support/fixtures/history.ts";
import { type Model, Violation } from "./model.ts";

// The modules open the store that the environment names as they load, as on Lambda.
process.env["BEATS_TABLE"] = "soak-beats";

import { createBeatsHandler } from "../../handlers/factories/beats.ts";
import { createHeartbeatHandler } from "../../handlers/factories/heartbeat.ts";
import { createPulseHandler } from "../../handlers/factories/pulse.ts";
import { createSettingsHandler } from "../../handlers/factories/settings.ts";

export interface Tick {
  id: string;
  time: string;
}

/**
 * One instance of the function, of the right design or of a wrong one. At rest no request of it fails, and
 * nothing else is under way.
 */
export interface Heart {
  /** @throws StoreUnavailableError, StoreRefusedError where Lambda would try again */
  deliver(tick: Tick, now: number): Promise<{ counted: boolean; minute: Minute; paused?: true }>;

  /** Changes the settings. Wrong designs have none. @throws StoreUnavailableError, StoreRefusedError */
  set?(data: object, now: number): Promise<unknown>;

  /** The minutes that ended pauses cover. */
  covered?(): Promise<ReadonlySet<Minute>>;

  /** The total; undefined where that can't be told at the moment. */
  total(): Promise<number | undefined>;

  /** The snapshot at `now`, as `total`. Wrong designs have none. */
  pulse?(now: number): Promise<Pulse | undefined>;

  /** The minutes stored, where the design stores any. */
  minutes?(): Promise<ReadonlySet<Minute>>;

  /** All that is stored, to be compared. */
  rows?(): Promise<unknown>;

  /** Holds against the model what it tells at rest. */
  audit?(model: Model, now: number): Promise<void>;
}

/** Starts an instance: `db` reaches the database through the faults. */
export type Design = (db: DynamoDBDocumentClient, table: string) => Heart;

const RULES = { lateAfter: 120, downAfter: 240 };
const CONTEXT = { functionName: "heartbeat-soak-heartbeat", awsRequestId: "soak" };

/** The service, by its handlers. */
export const theHeart: Design = (db, table) => {
  const store = createBeatStore({ db: db, name: table });
  const ask = async (handle: (store: BeatStore) => Promise<Reply>) => {
    let isRefused = false;
    const noteRefusal = (error: unknown) => {
      isRefused ||= error instanceof StoreRefusedError;
      throw error;
    };
    const { statusCode, body = "" } = await handle({
      ...store,
      count: () => store.count().catch(noteRefusal),
      read: (range) => store.read(range).catch(noteRefusal),
    });
    if (statusCode === (isRefused ? 500 : 503)) return undefined;
    if (statusCode !== 200) throw new Violation("something else is wrong", `${statusCode}: ${body}`);
    return JSON.parse(body);
  };
  const heart = {
    deliver: (tick: Tick, now: number) =>
      createHeartbeatHandler(store, { thresholds: RULES }, () => now)(tick, CONTEXT),

    set: (data: object, now: number) =>
      createSettingsHandler(
        createSettingsStore({ db: db, name: table }),
        RULES,
        () => now,
      )(data, CONTEXT).catch((error: unknown) => {
        // Who sets is told that others were quicker, and that nothing is changed.
        if (!(error instanceof ConflictError)) throw error;
      }),

    covered: async () => {
      const rows = [...(await heart.rows())].filter(([key]) => key.startsWith("pause#"));
      return new Set(rows.flatMap(([key, { to }]) => minutesFrom(key.slice(6, 23), String(to ?? ""))));
    },

    total: async () => (await ask((watched) => createBeatsHandler(watched)()))?.payload,

    pulse: (now: number) =>
      ask((watched) => createPulseHandler(watched, RULES, () => now)({ routeKey: "GET /status" })),

    minutes: async () => {
      const { minutes } = await store.read({
        minutes: { from: "2026-01-01T00:00Z", to: "2026-12-31T23:59Z" },
      });
      return new Set(minutes.keys());
    },

    rows: () => readRows(db, table),

    async audit(model: Model, now: number) {
      const rows = await heart.rows();
      const { minutes, differences } = recount(rows, now);
      const { beats } = Object(rows.get("live") ?? { beats: 0 });
      if (beats !== minutes)
        throw new Violation("the total is not the minutes stored", `${beats} and ${minutes}`);
      if (differences.length > 0)
        throw new Violation("something else is wrong", `sums differ: ${JSON.stringify(differences)}`);
      const { born, expected, missed, rules } = await heart.pulse(now);
      const covered = await heart.covered();
      const settled = [...model.acknowledged, ...covered];
      const reckoned =
        born === null ? 0 : missedSince(toIndex(born), settled, lastDueAt(now, rules.lateAfter));
      if (!isDeepStrictEqual({ expected, missed }, { expected: minutes + reckoned, missed: reckoned }))
        throw new Violation(
          "something else is wrong",
          `${expected} expected, ${missed} of ${reckoned} missed`,
        );
    },
  };
  return heart;
};

/** `settled`: minutes that are beaten or covered, of which none is both. */
const missedSince = (born: number, settled: readonly Minute[], lastDue: number): number =>
  Math.max(0, lastDue - born + 1) -
  settled.map(toIndex).filter((minute) => minute >= born && minute <= lastDue).length;
