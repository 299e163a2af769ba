import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createFolder } from "../../../support/processes/checkout.ts";

const folder = createFolder();
const program = join(folder, "opener.mjs");
const processes: ChildProcess[] = [];

/** Opens each data folder that it receives, and replies with the result. */
const OPENER = `
import { openRecord } from ${JSON.stringify(resolve("tools/local/environment/run-record.ts"))};
process.on("message", (folder) =>
  openRecord(folder).then(() => process.send("opened"), (error) => process.send(error.message)));
process.send("started");
`;

beforeAll(async () => {
  const stdin = { contents: OPENER, resolveDir: folder };
  await build({ stdin, bundle: true, platform: "node", format: "esm", outfile: program });
});
afterAll(() => {
  for (const child of processes) child.kill("SIGKILL");
});

const startOpeners = (number: number) =>
  Promise.all(
    Array.from({ length: number }, async () => {
      const child = fork(program, { cwd: folder });
      processes.push(child);
      await once(child, "message");
      return child;
    }),
  );

const openAtOnce = (openers: ChildProcess[], dataFolder: string) =>
  Promise.all(
    openers.map(async (child) => {
      const answer = once(child, "message");
      child.send(dataFolder);
      return { child, answer: (await answer)[0] };
    }),
  );

it("exactly one of several simultaneous starts opens a data folder, also after its user was killed", async () => {
  const dataFolder = join(createFolder(), "data");
  let openers = await startOpeners(8);
  while (openers.length > 1) {
    const opened = await openAtOnce(openers, dataFolder);

    const winner = opened.find(({ answer }) => answer === "opened")?.child;
    const others = opened.filter(({ child }) => child !== winner);
    const inUse = expect.stringContaining(`${dataFolder} is in use by process ${winner?.pid}: `);
    expect(others.map(({ answer }) => answer)).toEqual(others.map(() => inUse));
    winner?.kill("SIGKILL");
    if (winner) await once(winner, "exit");
    openers = others.map(({ child }) => child);
  }
  expect(readdirSync(dataFolder)).toEqual(["heartbeat.json"]);
});

it("a process that ends removes its own record from the data folder, and no other", async () => {
  const [own, others] = [createFolder(), createFolder()];
  const record = join(others, "heartbeat.json");
  const [opener] = await startOpeners(1);
  if (!opener) throw new Error("no opener");
  await openAtOnce([opener], own);
  await openAtOnce([opener], others);
  writeFileSync(record, JSON.stringify({ owner: { pid: process.pid, started: "another" } }));

  const exited = once(opener, "exit");
  opener.disconnect();
  await exited;

  expect([readdirSync(own), readdirSync(others)]).toEqual([[], ["heartbeat.json"]]);
});

it("a start names the lock file to remove when another start was killed while it opened the data folder", async () => {
  const dataFolder = createFolder();
  const lock = join(dataFolder, "heartbeat.json.lock");
  writeFileSync(lock, "");
  const [opener] = await startOpeners(1);
  if (!opener) throw new Error("no opener");

  const [opened] = await openAtOnce([opener], dataFolder);

  expect(opened?.answer).toBe(
    `another start is opening ${dataFolder}: if there is none, remove ${lock}, which a killed start left behind`,
  );
});
