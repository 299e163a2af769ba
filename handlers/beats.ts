import type { BeatStore } from "../lib/beat-store.ts";
import { payload, problemOf, type Reply } from "../lib/http.ts";
import { openStore } from "../lib/open-store.ts";
import { warmUp } from "../lib/warm-up.ts";

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
