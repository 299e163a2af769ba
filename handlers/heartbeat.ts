import type { Context } from "aws-lambda";
import { beat, type StageConfig } from "../lib/beat/beat.ts";
import { loadNotifyUrl } from "../lib/beat/notify.ts";
import type { BeatStore } from "../lib/domain/beat-store.ts";
import { loadThresholds } from "../lib/domain/thresholds.ts";
import { openStore } from "../lib/dynamodb/open.ts";
import { warmUp } from "../lib/dynamodb/warm-up.ts";

/** An error here is meant to be seen: Lambda then tries the event again, and a minute counts once. */
export const createHeartbeatHandler =
  (store: BeatStore, stage: StageConfig, clock: () => number = Date.now) =>
  (event: unknown, { functionName }: Pick<Context, "functionName">) =>
    beat(store, stage, { event, now: clock(), functionName });

const store = openStore();
const stage = { thresholds: loadThresholds(), notifyUrl: loadNotifyUrl() };
await warmUp(store.past({}));
export const handler = createHeartbeatHandler(store, stage);
