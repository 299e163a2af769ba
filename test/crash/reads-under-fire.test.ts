import { setTimeout as passes } from "node:timers/promises";
import { expect, it } from "vitest";
import { startEngine } from "../../tools/local/database/engines.ts";
import { passOn, startFaultProxy } from "../support/fakes/fault-proxy.ts";
import { createCheckout, createFolder } from "../support/processes/checkout.ts";
import { eventually } from "../support/processes/eventually.ts";
import { memoryOf } from "../support/processes/processes.ts";
import { startService } from "../support/processes/service.ts";
import { createTraffic } from "../support/processes/traffic.ts";

const CLIENTS = 50;
/** Milliseconds between two requests of a client. The load of all clients is below the capacity of the service. */
const THINKS = 200;
const ROUTES = ["/beats", "/status", "/ping"];
/** The database is killed at the start of the second and of the third part. */
const PART = 20_000;
const DOWN = 4_000;

it(`${CLIENTS} clients that read during beats and two database crashes never see a count fall`, async () => {
  const data = createFolder();
  let pid = 0;
  const start = () => startEngine("embedded", { folder: data, onSpawn: (spawned) => (pid = spawned) });
  await using proxy = await startFaultProxy(() => passOn, (await start()).url);
  const service = await startService({
    folder: createCheckout(),
    // The heap is so small that a leak would fill it and end the service.
    env: { AWS_ENDPOINT_URL_DYNAMODB: proxy.url, NODE_OPTIONS: "--max-old-space-size=192" },
  });
  const traffic = createTraffic();
  const wrong: string[] = [];
  const figures = { replies: 0, refusals: 0, beats: 0 };
  let isRunning = true;
  let isDown = false;

  const read = async (route: string, seen: number): Promise<number> => {
    const acknowledged = traffic.acknowledged.size;
    const wasDown = isDown;
    const { status, body } = await service.request("GET", route);
    figures.replies++;
    if (status === 503 && route !== "/ping" && (wasDown || isDown)) {
      figures.refusals++;
      return seen;
    }
    if (status !== 200) wrong.push(`${route}: ${status} ${body}`);
    if (route === "/ping" || status !== 200) return seen;
    const { payload, beats = payload } = JSON.parse(body.toString());
    const least = Math.max(seen, acknowledged);
    if (!(beats >= least && beats <= traffic.attempted.size))
      wrong.push(`${route}: ${beats}, of ${least} to ${traffic.attempted.size}`);
    return beats;
  };
  const client = async (number: number) => {
    let seen = 0;
    for (let n = number; isRunning; n++) {
      seen = await read(ROUTES[n % ROUTES.length] ?? "", seen);
      await passes(THINKS);
    }
  };
  const clients = Promise.all(
    Array.from({ length: CLIENTS }, (_, number) =>
      client(number).catch((error) => wrong.push(`client ${number}: ${error}`)),
    ),
  );
  const writers = traffic.start((event) => service.deliver(event), 2);

  await passes(PART);
  const memoryWarm = memoryOf(service.program.pid);
  const recoveries: number[] = [];
  for (const _ of ["a first time", "a second time"]) {
    isDown = true;
    process.kill(pid, "SIGKILL");
    await passes(DOWN);
    proxy.behind = (await start()).url;
    const back = Date.now();
    expect(
      await eventually(async () => (await service.request("GET", "/beats")).status === 200, 30_000),
    ).toBe(true);
    recoveries.push(Date.now() - back);
    isDown = false;
    await passes(PART - DOWN);
  }
  isRunning = false;
  await Promise.all([clients, writers.stop()]);

  const memory = memoryOf(service.program.pid);
  expect(await traffic.sendAgain((event) => service.deliver(event))).toEqual([]);
  expect(await service.count()).toBe(traffic.attempted.size);
  figures.beats = traffic.attempted.size;
  console.log(
    `${CLIENTS} clients, ${JSON.stringify(figures)}, back ${recoveries.join(" and ")} ms after the database, ${memoryWarm} MB, then ${memory} MB`,
  );
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(figures.refusals).toBeGreaterThan(0);
  // Buffers are outside the heap.
  expect(memory).toBeLessThan(memoryWarm + 300);
  process.kill(pid, "SIGKILL");
});
