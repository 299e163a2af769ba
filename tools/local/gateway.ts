import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";

/**
 * serverless-offline answers two requests unlike API Gateway, which ignores a Range header and gives 400 for a Host
 * header that is no host: it gives 416 or a part of the reply, and 500.
 */
export const answerAsApiGateway = (): void =>
  subscribe("http.server.request.start", (message) => {
    const { request } = message as { request: IncomingMessage };
    delete request.headers.range;
    // A request without a path is answered with 400.
    if (!URL.canParse(`http://${request.headers.host || "localhost"}`)) request.url = "";
  });
