import type { Context } from "aws-lambda";
import type { SettingsStore } from "../../lib/domain/settings-store.ts";
import type { StageRules } from "../../lib/domain/thresholds.ts";
import type { Names } from "../../lib/service/names.ts";
import { settings } from "../../lib/settings/settings.ts";

/** Reads or changes the settings. An error fails the invocation; its message tells the caller what went wrong. */
export const createSettingsHandler =
  (store: SettingsStore, stage: StageRules, names: Names, clock: () => number = Date.now) =>
  (event: unknown, { functionName, awsRequestId }: Pick<Context, "functionName" | "awsRequestId">) =>
    settings(store, { event, stage, clock, functionName, requestId: awsRequestId, names });
