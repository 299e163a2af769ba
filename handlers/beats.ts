import type { Context } from "aws-lambda";
import type { BeatStore } from "../lib/beat-store.ts";
import { payload, problemOf, type Reply } from "../lib/http.ts";
import { openStore } from "../lib/open-store.ts";

export const createBeatsHandler =
  (store: Pick<BeatStore, "count">) =>
  async (_event: unknown, context: Pick<Context, "awsRequestId">): Promise<Reply> => {
    try {
      return payload(await store.count());
    } catch (error) {
      return problemOf(error, context);
    }
  };

export const handler = createBeatsHandler(openStore());
