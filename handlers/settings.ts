import { loadThresholds } from "../lib/domain/thresholds.ts";
import { openSettingsStore } from "../lib/dynamodb/open.ts";
import { loadNames } from "../lib/service/names.ts";
import { createSettingsHandler } from "./factories/settings.ts";

export const handler = createSettingsHandler(openSettingsStore(), loadThresholds(), loadNames());
