import { openBeatStore, warmUp } from "../lib/dynamodb/open.ts";
import { createBeatsHandler } from "./factories/beats.ts";

const store = openBeatStore();
await warmUp(store.count());
export const handler = createBeatsHandler(store);
