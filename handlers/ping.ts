import { payload } from "../lib/http.ts";

export const handler = async () => payload("PONG");
