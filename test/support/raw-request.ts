import { once } from "node:events";
import { connect } from "node:net";

/** One HTTP request and all the bytes that come back: `fetch` hides a body sent in answer to HEAD. */
export const rawRequest = async (method: string, url: string, headers: Record<string, string> = {}) => {
  const { hostname, port, pathname } = new URL(url);
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.setTimeout(30_000, () => socket.destroy(new Error(`${method} ${url}: no answer within 30 s`)));
  const sent = Object.entries({ host: `${hostname}:${port}`, connection: "close", ...headers });
  const lines = [`${method} ${pathname} HTTP/1.1`, ...sent.map(([name, value]) => `${name}: ${value}`)];
  socket.end(`${lines.join("\r\n")}\r\n\r\n`);
  await once(socket, "close");
  const reply = Buffer.concat(chunks);
  const end = reply.indexOf("\r\n\r\n");
  const [statusLine = "", ...fields] = reply.subarray(0, end).toString().split("\r\n");
  const received = new Headers(
    fields.map((field): [string, string] => {
      const [name = "", ...value] = field.split(":");
      return [name, value.join(":").trim()];
    }),
  );
  return { status: Number(statusLine.split(" ")[1]), headers: received, body: reply.subarray(end + 4) };
};
