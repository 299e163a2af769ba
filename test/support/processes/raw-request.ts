import { once } from "node:events";
import { connect } from "node:net";

/** Sends one HTTP request and returns all bytes of the reply. `fetch` hides a body in the reply to HEAD. */
export const rawRequest = (method: string, url: string, headers: Record<string, string> = {}) => {
  const { hostname, port, pathname, search } = new URL(url);
  const sent = Object.entries({ host: `${hostname}:${port}`, Connection: "close", ...headers });
  const lines = [
    `${method} ${pathname}${search} HTTP/1.1`,
    ...sent.map(([name, value]) => `${name}: ${value}`),
  ];
  return exchange({ hostname, port: Number(port) }, `${lines.join("\r\n")}\r\n\r\n`);
};

/**
 * Sends bytes, one for each character, and reads until the connection is closed. The sending side stays open if the bytes
 * ask the server to close the connection, because the server does not reply on a half-closed connection.
 */
export const exchange = async ({ hostname, port }: { hostname: string; port: number }, bytes: string) => {
  const socket = connect(port, hostname);
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  const silent = () => socket.destroy(new Error(`no reply within 30 s to ${bytes.slice(0, 200)}`));
  socket.setTimeout(30_000, silent);
  socket.write(Buffer.from(bytes, "latin1"));
  if (!bytes.includes("\r\nConnection: close\r\n")) socket.end();
  await once(socket, "close").catch((error) => {
    // A server that has read enough can close the connection while the client still sends.
    if (!["ECONNRESET", "EPIPE"].includes(error.code)) throw error;
  });
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
