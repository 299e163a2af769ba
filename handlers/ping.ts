import { payloadReply } from "../lib/reply/reply.ts";

export const handler = async () => payloadReply("PONG");
