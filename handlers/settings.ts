import type { Context } from "aws-lambda";
import type { SettingsStore } from "../lib/domain/settings-store.ts";
import { loadThresholds, type Thresholds } from "../lib/domain/thresholds.ts";
import { openSettingsStore } from "../lib/dynamodb/open.ts";
import { settings } from "../lib/settings/settings.ts";

/** An error here is meant to be seen: it makes `sls invoke` fail, and says what was refused. */
export const createSettingsHandler =
  (store: SettingsStore, stage: Thresholds, clock: () => number = Date.now) =>
  (event: unknown, { functionName, awsRequestId }: Pick<Context, "functionName" | "awsRequestId">) =>
    settings(store, { event, stage, clock, functionName, requestId: awsRequestId });

export const handler = createSettingsHandler(openSettingsStore(), loadThresholds());
