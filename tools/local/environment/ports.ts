import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { connect, createServer, type Server } from "node:net";
import { pipeline } from "node:stream/promises";
import { UserError } from "../../user-error.ts";

/** The addresses of `localhost`. Each machine has its own order. */
const LOOPBACK = ["127.0.0.1", "::1"];
/** The errors of a machine without IPv6 or without IPv4. */
const NO_SUCH_ADDRESS = ["EADDRNOTAVAIL", "EAFNOSUPPORT"];
const CONNECT_WITHIN = 1_000;

export const freePort = async (): Promise<number> => {
  const server = await listen("127.0.0.1", 0);
  const address = server.address();
  await close(server);
  return typeof address === "object" && address ? address.port : 0;
};

/** @throws UserError naming the setting, if a program listens on `port` of a loopback address */
export const requireFree = async (name: string, port: number): Promise<void> => {
  for (const address of LOOPBACK) {
    try {
      await close(await listen(address, port));
    } catch (error) {
      const why = codeOf(error);
      if (NO_SUCH_ADDRESS.includes(why)) continue;
      if (why === "EADDRINUSE") throw inUse(name, port);
      throw new UserError(`cannot use port ${port} (${why}): choose another with ${name}=<port>`);
    }
    // On macOS a port can be free on one address although a program listens on all addresses.
    if (await answers(address, port)) throw inUse(name, port);
  }
};

const inUse = (name: string, port: number): UserError =>
  new UserError(
    `port ${port} is in use: stop the program that uses it, or choose another with ${name}=<port>`,
  );

/**
 * serverless-offline listens only on the first address of `localhost`. This forwards connections to `port` of the other
 * loopback address to it, so that every client of `localhost` reaches it.
 * @throws UserError naming the setting, if a program listens there
 */
export const listenOnAllLoopback = async (name: string, port: number): Promise<void> => {
  const first = (await lookup("localhost")).address;
  for (const address of LOOPBACK.filter((other) => other !== first)) {
    try {
      const server = await listen(address, port, { allowHalfOpen: true });
      server.on("connection", (client) => {
        const service = connect({ host: first, port, allowHalfOpen: true });
        // An error on one side closes the other, and the client sees it.
        Promise.all([pipeline(client, service), pipeline(service, client)]).catch(() => {});
      });
      server.unref();
    } catch (error) {
      if (codeOf(error) === "EADDRINUSE") throw inUse(name, port);
      if (!NO_SUCH_ADDRESS.includes(codeOf(error))) throw error;
    }
  }
};

const listen = async (host: string, port: number, options = {}): Promise<Server> => {
  const server = createServer(options).listen({ host, port });
  await once(server, "listening");
  return server;
};

const close = async (server: Server): Promise<void> => {
  server.close();
  await once(server, "close");
};

const answers = async (host: string, port: number): Promise<boolean> => {
  const socket = connect({ host, port, signal: AbortSignal.timeout(CONNECT_WITHIN) });
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
};

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : String(error);
