import { once } from "node:events";
import { Agent, createServer, type IncomingHttpHeaders, request, type ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** A request to the database. */
export interface ProxiedRequest {
  /** For example `TransactWriteItems`. */
  operation: string;
  body: Record<string, unknown>;
  headers: IncomingHttpHeaders;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Handles one request. `pass` forwards it to the database and returns the reply. */
export type Step = (response: ServerResponse, pass: () => Promise<Answer>) => unknown;

/**
 * Starts a proxy on loopback in front of a database, or in place of one. `choose` returns the step that handles a request.
 * The database can stop, and another one can replace it.
 */
export const startFaultProxy = async (choose: (proxied: ProxiedRequest) => Step, behind?: string) => {
  const agent = new Agent({ keepAlive: true });
  const underWay = new Set<Promise<unknown>>();
  const server = createServer(async (incoming, response) => {
    const body = await bytesOf(incoming);
    const { headers } = incoming;
    const operation = String(headers["x-amz-target"]).split(".").at(-1) ?? "";
    const proxied = { operation, headers, body: JSON.parse(body.toString() || "{}") };
    const pass = () => forward(agent, proxy.behind, headers, body);
    const step = Promise.resolve(choose(proxied)(response, pass))
      // The client sees a closed connection, as when the database is down.
      .catch(() => response.destroy())
      .finally(() => underWay.delete(step));
    underWay.add(step);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const connections: Socket[] = [];
  server.on("connection", (connection) => connections.push(connection));
  const address = server.address();
  const proxy = {
    connections,
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    behind,
    /** Waits until no request is in flight, including those whose client has given up. */
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    async [Symbol.asyncDispose]() {
      agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return proxy;
};

/** Starts a fake database on loopback that handles each request by the next step and records the requests. */
export const scriptDynamoDb = async (...steps: Step[]) => {
  const requests: Record<string, unknown>[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const proxy = await startFaultProxy((proxied) => {
    headers.push(proxied.headers);
    requests.push(proxied.body);
    return steps[Math.min(requests.length, steps.length) - 1] ?? hang;
  });
  return Object.assign(proxy, { requests, headers });
};

const bytesOf = async (stream: AsyncIterable<Buffer>): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const forward = async (
  agent: Agent,
  behind: string | undefined,
  headers: IncomingHttpHeaders,
  body: Buffer,
): Promise<Answer> => {
  if (behind === undefined) throw new Error("the proxy has no database to forward to");
  const outgoing = request(behind, {
    method: "POST",
    agent,
    headers: { ...headers, connection: "keep-alive" },
  });
  const answered = once(outgoing, "response");
  outgoing.end(body);
  const [incoming] = await answered;
  return { status: incoming.statusCode, headers: incoming.headers, body: await bytesOf(incoming) };
};

const send = (response: ServerResponse, { status, headers, body }: Answer, bytes = body) => {
  const { connection, "transfer-encoding": _, ...others } = headers;
  response.writeHead(status, { ...others, "content-length": body.length });
  return bytes.length === body.length ? response.end(bytes) : response.write(bytes, () => response.destroy());
};

export const passOn: Step = async (response, pass) => send(response, await pass());

/** Replies with JSON in the format of DynamoDB. */
export const reply =
  (status: number, body: object): Step =>
  (response) => {
    response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(body));
  };

export const succeed: Step = reply(200, {});

export const fail = (status: number, type: string): Step =>
  reply(status, { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: "scripted" });

/** Cancels a transaction, with one reason for each item in its order. */
export const cancel = (...codes: string[]): Step =>
  reply(400, {
    __type: "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
    Message: "scripted",
    CancellationReasons: codes.map((Code) => ({ Code })),
  });

/** Accepts the request and closes the connection without a reply. */
export const loseReply = (response: ServerResponse) => response.destroy();

export const hang = () => {};

/** Stops in the middle of the reply and keeps the connection open. */
export const stall = (response: ServerResponse) => {
  response.writeHead(200, { "content-type": "application/x-amz-json-1.0", "content-length": "100" });
  response.write("{");
};

/** Sends the reply one byte at a time, without end. */
export const dribble = (response: ServerResponse) => {
  response.writeHead(200, { "content-type": "application/x-amz-json-1.0" });
  const timer = setInterval(() => response.write(" "), 500);
  response.once("close", () => clearInterval(timer));
};

/** Keeps the connection alive and never sends the final reply. */
export const dawdle = (response: ServerResponse) => {
  const timer = setInterval(() => response.writeProcessing(), 500);
  response.once("close", () => clearInterval(timer));
};

/** The database executes the request, and then this step replaces its reply. */
export const after =
  (step: Step): Step =>
  async (response, pass) => {
    await pass();
    await step(response, pass);
  };

/** The database executes the request, and the connection closes in the middle of its reply. */
export const cutOff: Step = async (response, pass) => {
  const answer = await pass();
  return send(response, answer, answer.body.subarray(0, answer.body.length / 2));
};

/** The request reaches the database only after the client has given up. */
export const comeLate: Step = async (response, pass) => {
  if (!response.closed) await once(response, "close");
  await pass();
};
