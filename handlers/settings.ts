import type { Context } from "aws-lambda";
import { openSettingsStore } from "../lib/open-store.ts";
import { loadRules, type Rules } from "../lib/rules.ts";
import { settings } from "../lib/settings.ts";
import type { SettingsStore } from "../lib/settings-store.ts";

/** An error here is meant to be seen: it makes `sls invoke` fail, and says what was refused. */
export const createSettingsHandler =
  (store: SettingsStore, stage: Rules, clock: () => number = Date.now) =>
  (event: unknown, { functionName, awsRequestId }: Pick<Context, "functionName" | "awsRequestId">) =>
    settings(store, { event, stage, clock, functionName, requestId: awsRequestId });

export const handler = createSettingsHandler(openSettingsStore(), loadRules());
