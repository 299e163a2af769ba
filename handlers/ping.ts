import { payload } from "../lib/http/reply.ts";

export const handler = async () => payload("PONG");
