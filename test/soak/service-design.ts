import { isDeepStrictEqual } from "node:util";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { createBeatsHandler } from "../../handlers/factories/beats.ts";
import { createHeartbeatHandler } from "../../handlers/factories/heartbeat.ts";
import { createPulseHandler } from "../../handlers/factories/pulse.ts";
import { createSettingsHandler } from "../../handlers/factories/settings.ts";
import type { Job } from "../../lib/beat/run-job.ts";
import type { BeatStore } from "../../lib/domain/beat-store.ts";
import { StoreRefusedError } from "../../lib/domain/errors.ts";
import { defaultThresholds } from "../../lib/domain/interval.ts";
import { type Minute, toIndex } from "../../lib/domain/minute.ts";
import type { StageRules } from "../../lib/domain/thresholds.ts";
import { lastDueAt } from "../../lib/domain/timeline.ts";
import { createBeatStore } from "../../lib/dynamodb/beat-store.ts";
import { createSettingsStore } from "../../lib/dynamodb/settings-store.ts";
import type { Pulse } from "../../lib/pulse/pulse.ts";
import type { Reply } from "../../lib/reply/reply.ts";
import { DEFAULT_NAMES } from "../../lib/service/names.ts";
import { ConflictError } from "../../lib/settings/decide.ts";
import { RefusedError } from "../../lib/settings/request.ts";
import { recount } from "../../tools/cli/audit/recount.ts";
import { readRows } from "../../tools/cli/audit/table-io.ts";
import { minutesFrom } from "../support/fixtures/history.ts";
import { type Bounds, Violation } from "./bounds.ts";

export interface Tick {
  id: string;
  time: string;
}

/**
 * One instance of the service, or of a wrong design of it. "At rest" means that no request fails and nothing else runs.
 */
export interface Implementation {
  /** @throws StoreUnavailableError, StoreRefusedError where Lambda would retry */
  deliver(tick: Tick, now: number): Promise<{ counted: boolean; minute: Minute; paused?: true }>;

  /** Changes the settings. Wrong designs have no settings. @throws StoreUnavailableError, StoreRefusedError */
  set?(data: object, now: number): Promise<unknown>;

  /** The minutes that ended pauses cover. */
  covered?(): Promise<ReadonlySet<Minute>>;

  /** The total, or undefined if it cannot be read at the moment. */
  total(): Promise<number | undefined>;

  /** The snapshot at `now`, or undefined if it cannot be read at the moment. Wrong designs have no snapshot. */
  pulse?(now: number): Promise<Pulse | undefined>;

  /** The stored minutes, if the design stores minutes. */
  minutes?(): Promise<ReadonlySet<Minute>>;

  /** All stored rows, for a comparison. */
  rows?(): Promise<unknown>;

  /** Compares its replies at rest with the bounds. */
  audit?(bounds: Bounds, now: number): Promise<void>;
}

/** Starts an instance whose client `db` reaches the database through the fault proxy. */
export type Design = (db: DynamoDBDocumentClient, table: string) => Implementation;

const RULES = { lateAfter: 120, downAfter: 240, every: 1 };
const CONTEXT = {
  functionName: "heartbeat-soak-heartbeat",
  awsRequestId: "soak",
  getRemainingTimeInMillis: () => 180_000,
};

export interface ServiceOptions {
  job?: Job;
  /** The interval under which an event or a request at a time, in ms since the epoch, is processed; 1 by default. */
  everyAt?: (time: number) => number;
}

/** The service itself, called through its handlers. */
export const serviceDesign = (
  db: DynamoDBDocumentClient,
  table: string,
  { job, everyAt = () => 1 }: ServiceOptions = {},
) => {
  const rulesAt = (time: number): StageRules => {
    const every = everyAt(time);
    return every === 1 ? RULES : { ...defaultThresholds(every), every };
  };
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
  const implementation = {
    deliver: (tick: Tick, now: number) =>
      createHeartbeatHandler(
        store,
        { thresholds: rulesAt(Date.parse(tick.time)), names: DEFAULT_NAMES, job },
        () => now,
      )(tick, CONTEXT),

    set: (data: object, now: number) =>
      createSettingsHandler(
        createSettingsStore({ db: db, name: table }),
        rulesAt(now),
        DEFAULT_NAMES,
        () => now,
      )(data, CONTEXT).catch((error: unknown) => {
        // A concurrent change won, or thresholds are too small for the interval: the reply says so, and nothing is changed.
        if (!(error instanceof ConflictError || error instanceof RefusedError)) throw error;
      }),

    covered: async () => {
      const rows = [...(await implementation.rows())].filter(([key]) => key.startsWith("pause#"));
      return new Set(rows.flatMap(([key, { to }]) => minutesFrom(key.slice(6, 23), String(to ?? ""))));
    },

    total: async () => (await ask((watched) => createBeatsHandler(watched)()))?.payload,

    pulse: (now: number) =>
      ask((watched) =>
        createPulseHandler(watched, rulesAt(now), DEFAULT_NAMES, () => now)({ routeKey: "GET /status" }),
      ),

    minutes: async () => {
      const { minutes } = await store.read({
        minutes: { from: "2026-01-01T00:00Z", to: "2026-12-31T23:59Z" },
      });
      return new Set(minutes.keys());
    },

    rows: () => readRows(db, table),

    async audit(bounds: Bounds, now: number) {
      const rows = await implementation.rows();
      const { minutes, differences } = recount(rows, now);
      const { beats } = Object(rows.get("live") ?? { beats: 0 });
      if (beats !== minutes)
        throw new Violation("the total is not the minutes stored", `${beats} and ${minutes}`);
      if (differences.length > 0)
        throw new Violation("something else is wrong", `sums differ: ${JSON.stringify(differences)}`);
      const { born, expected, missed, rules, interval } = await implementation.pulse(now);
      const every: number = interval.minutes;
      // Until the first beat under the interval of this time, nothing is due.
      if (every !== everyAt(now)) return;
      const covered = await implementation.covered();
      const settled = [...bounds.acknowledged, ...covered];
      const expectedMissed =
        born === null
          ? 0
          : missedSince(born, settled, { lastDue: lastDueAt(now, rules.lateAfter, every), every });
      if (
        !isDeepStrictEqual(
          { expected, missed },
          { expected: minutes + expectedMissed, missed: expectedMissed },
        )
      )
        throw new Violation(
          "something else is wrong",
          `${expected} expected, ${missed} of ${expectedMissed} missed`,
        );
    },
  };
  return implementation;
};

/** `settled` lists the minutes that are beaten or covered. No minute is both. */
const missedSince = (
  born: Minute,
  settled: readonly Minute[],
  { lastDue, every }: { lastDue: number; every: number },
): number => {
  const first = toIndex(born, every);
  // A pause covers each minute of a slot.
  const slots = new Set(settled.filter((minute) => minute >= born).map((minute) => toIndex(minute, every)));
  return Math.max(0, lastDue - first + 1) - [...slots].filter((slot) => slot <= lastDue).length;
};
