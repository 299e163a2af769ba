import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";

export { dawdle, dribble, hang, loseReply as drop } from "./fault-proxy.ts";

/** Handles one call of the receiver. */
export type Reception = (response: ServerResponse) => unknown;

export interface Call {
  method: string | undefined;
  path: string | undefined;
  headers: IncomingHttpHeaders;
}

/** The secret in the URL, which no reply and no log may contain. */
export const SECRET = "5e1f-not-to-be-told";

/** Starts a dead man's switch on loopback that records each call and handles it by the current value of `receive`. */
export const startReceiver = async (receive: Reception = answer(200)) => {
  const calls: Call[] = [];
  const receiver = { receive, calls };
  const server = createServer(({ method, url, headers }, response) => {
    calls.push({ method, path: url, headers });
    receiver.receive(response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const stop = async () => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  return Object.assign(receiver, {
    /** The path and the query contain the secret. */
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/${SECRET}?key=${SECRET}`,
    stop,
    [Symbol.asyncDispose]: stop,
  });
};

export type Receiver = Awaited<ReturnType<typeof startReceiver>>;

export const answer =
  (status: number, headers: Record<string, string> = {}): Reception =>
  (response) =>
    response.writeHead(status, headers).end("OK");

/** Redirects to another path of the same receiver, where a call would be counted. */
export const redirect: Reception = answer(302, { location: "/elsewhere" });

/** Sends bytes that are not HTTP. */
export const babble: Reception = ({ socket }) => socket?.end("?\r\n\r\n");
