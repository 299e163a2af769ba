import { once } from "node:events";
import { connect } from "node:net";
import { requireFree } from "../../../tools/local/environment/ports.ts";

/** Each test worker has its own range of a thousand ports, below the range of ephemeral ports. */
const FIRST = 10_000 + (Number(process.env["VITEST_POOL_ID"] ?? 0) % 20) * 1_000;
let next = Math.floor(Math.random() * 1_000);

/** Returns a port that is closed on each address of `localhost`. Each port is returned only once. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = FIRST + (next++ % 1_000);
    if (await isFree(port)) return port;
  }
};

const isFree = (port: number): Promise<boolean> =>
  requireFree("PORT", port).then(
    () => true,
    () => false,
  );

export const isOpen = async (port: number): Promise<boolean> => {
  const socket = connect(port, "localhost");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
};
