import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";

/**
 * Corrects two differences between serverless-offline and API Gateway, which ignores a Range header and returns 400 for
 * an invalid Host header. serverless-offline returns 416 or a part of the reply, and 500.
 */
export const answerAsApiGateway = (): void =>
  subscribe("http.server.request.start", (message) => {
    const { request } = message as { request: IncomingMessage };
    delete request.headers.range;
    // A request without a path gets a 400.
    if (!URL.canParse(`http://${request.headers.host || "localhost"}`)) request.url = "";
  });
