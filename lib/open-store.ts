import type { BeatStore } from "./beat-store.ts";
import { createDynamoBeatStore } from "./dynamodb-beat-store.ts";
import { createDynamoClient } from "./dynamodb-client.ts";
import { loadTableName } from "./environment.ts";

/** The store that the environment names: `BEATS_TABLE`, and the SDK's own variables. */
export const openStore = (): BeatStore => createDynamoBeatStore(createDynamoClient(), loadTableName());
