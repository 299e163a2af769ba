import type { BeatStore } from "../lib/domain/beat-store.ts";
import { openStore } from "../lib/dynamodb/open.ts";
import { warmUp } from "../lib/dynamodb/warm-up.ts";
import { payloadReply, problemReply, type Reply } from "../lib/http/reply.ts";

export const createBeatsHandler = (store: Pick<BeatStore, "count">) => async (): Promise<Reply> => {
  try {
    return payloadReply(await store.count());
  } catch (error) {
    return problemReply(error);
  }
};

const store = openStore();
await warmUp(store.count());
export const handler = createBeatsHandler(store);
