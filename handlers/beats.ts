import type { BeatStore } from "../lib/domain/beat-store.ts";
import { openStore } from "../lib/dynamodb/open.ts";
import { warmUp } from "../lib/dynamodb/warm-up.ts";
import { payload, problemOf, type Reply } from "../lib/http/reply.ts";

export const createBeatsHandler = (store: Pick<BeatStore, "count">) => async (): Promise<Reply> => {
  try {
    return payload(await store.count());
  } catch (error) {
    return problemOf(error);
  }
};

const store = openStore();
await warmUp(store.count());
export const handler = createBeatsHandler(store);
