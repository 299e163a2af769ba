import { setTimeout as passes } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { recount } from "../../tools/cli/audit/recount.ts";
import { readRows } from "../../tools/cli/audit/table-io.ts";
import { startEngine } from "../../tools/local/database/engines.ts";
import { connect } from "../support/databases/table.ts";
import { passOn, startFaultProxy } from "../support/fakes/fault-proxy.ts";
import { needsEngine } from "../support/optional/needs.ts";
import { createCheckout, createFolder } from "../support/processes/checkout.ts";
import { eventually } from "../support/processes/eventually.ts";
import { isOpen } from "../support/processes/ports.ts";
import { startService } from "../support/processes/service.ts";
import { createTraffic } from "../support/processes/traffic.ts";

const folder = createCheckout();
type Traffic = ReturnType<typeof createTraffic>;

const WRITERS = 8;
const TABLE = "heartbeat-dev-beats";

const kills: Record<string, unknown>[] = [];
afterAll(() => console.table(kills));

/** Waits for a random moment after at least 20 more beats are acknowledged. */
const someMoment = async ({ acknowledged }: Traffic) => {
  const enough = acknowledged.size + 20;
  expect(await eventually(() => acknowledged.size >= enough, 30_000)).toBe(true);
  await passes(Math.random() * 500);
};

/** Recounts the stored minutes like `npm run audit` and compares them with the traffic. */
const audit = async (url: string, { attempted, acknowledged }: Traffic) => {
  const db = connect(url);
  const rows = await readRows(db, TABLE);
  db.destroy();
  const { minutes, differences } = recount(rows, Date.now());
  const stored = new Set(
    [...rows]
      .filter(([key]) => key.startsWith("hour#"))
      .flatMap(([key, row]) => Object.keys(row).map((mm) => `${key.slice(5)}:${mm}Z`)),
  );
  const lost = [...acknowledged].filter((minute) => !stored.has(minute));
  const unsent = [...stored].filter((minute) => !attempted.has(minute));
  // A minute that the database lost can be counted again.
  for (const minute of lost) acknowledged.delete(minute);
  return { minutes, differences, unsent, lost };
};

const CRASHES = [
  { DYNAMODB: "embedded", ofDatabase: 7, ofService: 4 },
  { DYNAMODB: "local", ofDatabase: 6, ofService: 3 },
] as const;

for (const { DYNAMODB, ofDatabase, ofService } of CRASHES) {
  describe(`kill -9 under traffic with DYNAMODB=${DYNAMODB}`, needsEngine(DYNAMODB), () => {
    /** DynamoDB Local can lose its last commits when it is killed: the test prints the loss and does not fail. */
    const mayLose = DYNAMODB === "local";

    const expectIntact = async (url: string, what: string, traffic: Traffic) => {
      const acknowledged = traffic.acknowledged.size;
      const { minutes, differences, unsent, lost } = await audit(url, traffic);
      kills.push({ engine: DYNAMODB, killed: what, acknowledged, stored: minutes, lost: lost.length });
      expect({ differences, unsent }).toEqual({ differences: [], unsent: [] });
      if (!mayLose) expect(lost).toEqual([]);
    };

    it(`of the database, ${ofDatabase} times: the service recovers, and every sum agrees`, async () => {
      const data = createFolder();
      let pid = 0;
      const start = () => startEngine(DYNAMODB, { folder: data, onSpawn: (spawned) => (pid = spawned) });
      await using proxy = await startFaultProxy(() => passOn, (await start()).url);
      const service = await startService({ folder, env: { AWS_ENDPOINT_URL_DYNAMODB: proxy.url } });
      const traffic = createTraffic();
      const deliver = (event: unknown) => service.deliver(event);

      for (let kill = 0; kill < ofDatabase; kill++) {
        const { stop } = traffic.start(deliver, WRITERS);
        await someMoment(traffic);
        const port = Number(new URL(proxy.behind ?? "").port);
        process.kill(pid, "SIGKILL");
        expect(await eventually(async () => !(await isOpen(port)), 5_000)).toBe(true);
        await passes(Math.random() * 300);
        await stop();
        const { url } = await start();
        proxy.behind = url;
        await expectIntact(url, "the database", traffic);
      }

      expect(await traffic.sendAgain(deliver)).toEqual([]);
      expect(await service.count()).toBe(traffic.attempted.size);
      process.kill(pid, "SIGKILL");
    });

    it(`of sls offline, ${ofService} times: the next start has every beat, and every sum agrees`, async () => {
      const env = { DYNAMODB, DYNAMODB_DATA: createFolder() };
      const traffic = createTraffic();
      let service = await startService({ folder, env });

      for (let kill = 0; kill < ofService; kill++) {
        const killed = service;
        const { stop } = traffic.start((event) => killed.deliver(event), WRITERS);
        await someMoment(traffic);
        killed.program.signal("SIGKILL", "group");
        await stop();
        service = await startService({ folder, env });
        expect(await killed.left()).toEqual([]);
        await expectIntact(service.databaseUrl, "sls offline", traffic);
      }

      expect(await traffic.sendAgain((event) => service.deliver(event))).toEqual([]);
      expect(await service.count()).toBe(traffic.attempted.size);
      expect(await service.stop()).toEqual({ code: 0, left: [] });
    });
  });
}
