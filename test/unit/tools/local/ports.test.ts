import { once } from "node:events";
import { connect, createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { freePort, listenOnAllLoopback, requireFree } from "../../../../tools/local/environment/ports.ts";
import { UserError } from "../../../../tools/user-error.ts";

const hasIpv6 = Object.values(networkInterfaces()).some((list) =>
  list?.some(({ address }) => address === "::1"),
);
const ADDRESSES = ["127.0.0.1", "0.0.0.0", ...(hasIpv6 ? ["::1", "::"] : [])];

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const listen = async (host: string, port: number, answer = "") => {
  const server = createServer((socket) => socket.end(answer)).listen({ host, port });
  servers.push(server);
  await once(server, "listening");
};

describe("requireFree", () => {
  it.each(ADDRESSES)("rejects a port on which another program listens at %s", async (address) => {
    const port = await freePort();
    await listen(address, port);

    await expect(requireFree("PORT", port)).rejects.toEqual(
      new UserError(
        `port ${port} is in use: stop the program that uses it, or choose another with PORT=<port>`,
      ),
    );
  });

  it("accepts a free port and does not occupy it", async () => {
    const port = await freePort();

    await requireFree("PORT", port);

    await requireFree("PORT", port);
  });
});

// A machine without IPv6 has one loopback address.
if (hasIpv6) {
  it("listenOnAllLoopback forwards connections of both loopback addresses to the one of localhost", async () => {
    const port = await freePort();
    await listen("localhost", port, "reached");

    await listenOnAllLoopback("PORT", port);

    const replies = ["127.0.0.1", "::1"].map((host) => text(connect({ host, port })));
    expect(await Promise.all(replies)).toEqual(["reached", "reached"]);
  });

  it("listenOnAllLoopback rejects a port on which another program listens", async () => {
    const port = await freePort();
    for (const address of ["127.0.0.1", "::1"]) await listen(address, port);

    await expect(listenOnAllLoopback("PORT", port)).rejects.toThrow(`port ${port} is in use`);
  });
}
