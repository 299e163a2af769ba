import { once } from "node:events";
import { createServer } from "node:net";
import { StartError } from "./start-error.ts";

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
};

/** @throws StartError naming the setting, when something listens on `port` already */
export const requireFree = async (name: string, port: number): Promise<void> => {
  const server = createServer();
  try {
    server.listen(port, "localhost");
    await once(server, "listening");
  } catch (error) {
    const why = error instanceof Error && "code" in error ? error.code : error;
    throw new StartError(
      why === "EADDRINUSE"
        ? `port ${port} is in use: stop what listens there, or choose another with ${name}=<port>`
        : `port ${port} can't be used (${why}): choose another with ${name}=<port>`,
    );
  } finally {
    server.close();
  }
};
