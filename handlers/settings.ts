import { loadThresholds } from "../lib/domain/thresholds.ts";
import { openSettingsStore } from "../lib/dynamodb/open.ts";
import { createSettingsHandler } from "./factories/settings.ts";

export const handler = createSettingsHandler(openSettingsStore(), loadThresholds());
