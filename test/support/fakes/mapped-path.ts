import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

export interface MappedPath {
  /** The URL without a trailing slash. */
  url: string;
  stop(): Promise<void>;
}

/** Starts a reverse proxy that serves `target` under a path, with and without a trailing slash. */
export const mapPath = async (path: string, target: string): Promise<MappedPath> => {
  const server = createServer(({ url = "", method, headers }, response) => {
    const rest = url.slice(path.length);
    if (!url.startsWith(path) || !/^([/?]|$)/.test(rest)) return response.writeHead(404).end();
    const forward = request(new URL(rest, target), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    forward.on("error", () => response.destroy());
    return forward.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${path}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
