import type { Context } from "aws-lambda";
import { beat, type StageConfig } from "../../lib/beat/beat.ts";
import type { BeatStore } from "../../lib/domain/beat-store.ts";

/** Counts the beat of a scheduled event. An error fails the invocation; Lambda retries an asynchronous one. */
export const createHeartbeatHandler =
  (store: BeatStore, stage: StageConfig, clock: () => number = Date.now) =>
  (event: unknown, context: Pick<Context, "functionName" | "getRemainingTimeInMillis">) =>
    beat(store, stage, {
      event,
      clock,
      remainingMs: () => context.getRemainingTimeInMillis(),
      functionName: context.functionName,
    });
