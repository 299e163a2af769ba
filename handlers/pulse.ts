import { loadThresholds } from "../lib/domain/thresholds.ts";
import { openBeatStore, warmUp } from "../lib/dynamodb/open.ts";
import { loadNames } from "../lib/service/names.ts";
import { createPulseHandler } from "./factories/pulse.ts";

const store = openBeatStore();
await warmUp(store.read({}));
export const handler = createPulseHandler(store, loadThresholds(), loadNames());
