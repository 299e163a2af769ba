import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { Socket } from "node:net";

export type Step = (response: ServerResponse) => void;

/** A database on loopback that answers each request by the next step, and keeps what it was asked. */
export const scriptDynamoDb = async (...steps: Step[]) => {
  const requests: Record<string, unknown>[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    headers.push(request.headers);
    requests.push(JSON.parse(Buffer.concat(chunks).toString()));
    const step = steps[Math.min(requests.length, steps.length) - 1];
    step?.(response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const connections: Socket[] = [];
  server.on("connection", (connection) => connections.push(connection));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    requests,
    headers,
    connections,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};

/** JSON, as DynamoDB says it. */
export const reply =
  (status: number, body: object): Step =>
  (response) => {
    response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(body));
  };

export const succeed: Step = reply(200, {});

export const fail = (status: number, type: string): Step =>
  reply(status, { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: "scripted" });

/** One reason for each item of the transaction, in its order. */
export const cancel = (...codes: string[]): Step =>
  reply(400, {
    __type: "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
    Message: "scripted",
    CancellationReasons: codes.map((Code) => ({ Code })),
  });

/** Takes the request, and is gone before it answers. */
export const loseAnswer: Step = (response) => response.destroy();

export const hang: Step = () => {};

/** Stops in the middle of its answer. */
export const stall: Step = (response) => {
  response.writeHead(200, { "content-type": "application/x-amz-json-1.0", "content-length": "100" });
  response.write("{");
};

/** Answers byte after byte, without end. */
export const dribble: Step = (response) => {
  response.writeHead(200, { "content-type": "application/x-amz-json-1.0" });
  const timer = setInterval(() => response.write(" "), 500);
  response.once("close", () => clearInterval(timer));
};

/** Keeps the connection alive, and never comes to its answer. */
export const dawdle: Step = (response) => {
  const timer = setInterval(() => response.writeProcessing(), 500);
  response.once("close", () => clearInterval(timer));
};
