import { payloadReply } from "../lib/http/reply.ts";

export const handler = async () => payloadReply("PONG");
