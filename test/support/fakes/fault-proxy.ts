import { once } from "node:events";
import { Agent, createServer, type IncomingHttpHeaders, request, type ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** What a database was asked. */
export interface Asked {
  /** As `TransactWriteItems`. */
  operation: string;
  body: Record<string, unknown>;
  headers: IncomingHttpHeaders;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** What becomes of one request; `pass` has the database behind do it, and tells its answer. */
export type Step = (response: ServerResponse, pass: () => Promise<Answer>) => unknown;

/**
 * Stands on loopback before a database, or for one: each request goes by the step that is chosen for it. The
 * database behind can be gone, and be another later.
 */
export const startFaultProxy = async (choose: (asked: Asked) => Step, behind?: string) => {
  const agent = new Agent({ keepAlive: true });
  const underWay = new Set<Promise<unknown>>();
  const server = createServer(async (incoming, response) => {
    const body = await bytesOf(incoming);
    const { headers } = incoming;
    const operation = String(headers["x-amz-target"]).split(".").at(-1) ?? "";
    const asked = { operation, headers, body: JSON.parse(body.toString() || "{}") };
    const pass = () => forward(agent, proxy.behind, headers, body);
    const step = Promise.resolve(choose(asked)(response, pass))
      // As the network does where the database is gone.
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
    /** When nothing is under way any more, not even what nobody waits for. */
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

/** A database on loopback that answers each request by the next step, and keeps what it was asked. */
export const scriptDynamoDb = async (...steps: Step[]) => {
  const requests: Record<string, unknown>[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const proxy = await startFaultProxy((asked) => {
    headers.push(asked.headers);
    requests.push(asked.body);
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
  if (behind === undefined) throw new Error("there is no database behind");
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
export const loseAnswer = (response: ServerResponse) => response.destroy();

export const hang = () => {};

/** Stops in the middle of its answer. */
export const stall = (response: ServerResponse) => {
  response.writeHead(200, { "content-type": "application/x-amz-json-1.0", "content-length": "100" });
  response.write("{");
};

/** Answers byte after byte, without end. */
export const dribble = (response: ServerResponse) => {
  response.writeHead(200, { "content-type": "application/x-amz-json-1.0" });
  const timer = setInterval(() => response.write(" "), 500);
  response.once("close", () => clearInterval(timer));
};

/** Keeps the connection alive, and never comes to its answer. */
export const dawdle = (response: ServerResponse) => {
  const timer = setInterval(() => response.writeProcessing(), 500);
  response.once("close", () => clearInterval(timer));
};

/** The database does it, and then this happens instead of its answer. */
export const after =
  (step: Step): Step =>
  async (response, pass) => {
    await pass();
    await step(response, pass);
  };

/** The database does it, and its answer breaks off in the middle. */
export const cutOff: Step = async (response, pass) => {
  const answer = await pass();
  return send(response, answer, answer.body.subarray(0, answer.body.length / 2));
};

/** The request reaches the database only when who sent it has given it up. */
export const comeLate: Step = async (response, pass) => {
  if (!response.closed) await once(response, "close");
  await pass();
};
