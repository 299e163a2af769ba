import type { Context } from "aws-lambda";
import { beat } from "../lib/beat.ts";
import type { BeatStore } from "../lib/beat-store.ts";
import { openStore } from "../lib/open-store.ts";
import { warmUp } from "../lib/warm-up.ts";

/** An error here is meant to be seen: Lambda then tries the event again, and a minute counts once. */
export const createHeartbeatHandler =
  (store: BeatStore, clock: () => number = Date.now) =>
  (event: unknown, { functionName }: Pick<Context, "functionName">) =>
    beat(store, { event, now: clock(), functionName });

const store = openStore();
await warmUp(store.past({}));
export const handler = createHeartbeatHandler(store);
