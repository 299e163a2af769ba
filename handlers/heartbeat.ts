import { loadNotifyUrl } from "../lib/beat/notify.ts";
import { loadThresholds } from "../lib/domain/thresholds.ts";
import { openBeatStore } from "../lib/dynamodb/open.ts";
import { job } from "../lib/job/job.ts";
import { loadNames } from "../lib/service/names.ts";
import { createHeartbeatHandler } from "./factories/heartbeat.ts";

const stage = { thresholds: loadThresholds(), notifyUrl: loadNotifyUrl(), names: loadNames(), job };
export const handler = createHeartbeatHandler(openBeatStore(), stage);
