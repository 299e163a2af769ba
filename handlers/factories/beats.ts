import type { BeatStore } from "../../lib/domain/beat-store.ts";
import { problemReply } from "../../lib/reply/problem.ts";
import { payloadReply, type Reply } from "../../lib/reply/reply.ts";

/** `GET /beats`: the number of counted minutes. */
export const createBeatsHandler = (store: Pick<BeatStore, "count">) => async (): Promise<Reply> => {
  try {
    return payloadReply(await store.count());
  } catch (error) {
    return problemReply(error);
  }
};
