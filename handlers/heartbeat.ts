import type { Context } from "aws-lambda";
import { beat, type Stage } from "../lib/beat.ts";
import type { BeatStore } from "../lib/beat-store.ts";
import { loadNotifyUrl } from "../lib/notify.ts";
import { openStore } from "../lib/open-store.ts";
import { loadRules } from "../lib/rules.ts";
import { warmUp } from "../lib/warm-up.ts";

/** An error here is meant to be seen: Lambda then tries the event again, and a minute counts once. */
export const createHeartbeatHandler =
  (store: BeatStore, stage: Stage, clock: () => number = Date.now) =>
  (event: unknown, { functionName }: Pick<Context, "functionName">) =>
    beat(store, stage, { event, now: clock(), functionName });

const store = openStore();
const stage = { rules: loadRules(), notifyUrl: loadNotifyUrl() };
await warmUp(store.past({}));
export const handler = createHeartbeatHandler(store, stage);
