import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { freshTime, tickAt } from "../../support/fixtures/ticks.ts";
import { describeOnEngines, needs } from "../../support/optional/needs.ts";
import { createCheckout, createFolder } from "../../support/processes/checkout.ts";
import { eventually } from "../../support/processes/eventually.ts";
import {
  launchService,
  NPM_START,
  type Service,
  SLS_OFFLINE,
  startService,
} from "../../support/processes/service.ts";

const folder = createCheckout();
const embedded = { DYNAMODB: "embedded" };

describe("start and stop", () => {
  it.each([
    ["npm start", NPM_START],
    ["sls offline start", [...SLS_OFFLINE, "start"]],
  ])("%s becomes ready, and Ctrl+C leaves no process or port behind", async (_, command) => {
    const service = await startService({ folder, command, env: embedded });
    const reply = await service.request("GET", "/ping");

    const ending = await service.stop("SIGINT", "group");

    expect(reply.body).toEqual(Buffer.from('{"payload":"PONG"}'));
    expect(ending).toEqual({ code: 0, left: [] });
  });

  it("npx sls offline becomes ready, and Ctrl+C leaves no process or port behind", async () => {
    const service = await startService({ folder, command: ["npx", "sls", "offline"], env: embedded });
    const reply = await service.request("GET", "/ping");

    const ending = await service.stop("SIGINT", "group");

    expect(reply.body).toEqual(Buffer.from('{"payload":"PONG"}'));
    // The exit code is that of npx, whose shell is ended by the signal.
    expect(ending.left).toEqual([]);
  });

  // A shell such as dash does not pass SIGINT on to the service (docs/local-development.md).
  it("SIGTERM to the process of npx sls offline leaves no process or port behind", async () => {
    const service = await startService({ folder, command: ["npx", "sls", "offline"], env: embedded });

    const ending = await service.stop("SIGTERM", "process");

    expect(ending.left).toEqual([]);
  });

  it.each([
    ["SIGINT", "process"],
    ["SIGTERM", "process"],
    ["SIGTERM", "group"],
  ] as const)("%s to the %s of npm start leaves no process or port behind", async (signal, to) => {
    const service = await startService({ folder, command: NPM_START, env: embedded });

    const ending = await service.stop(signal, to);

    expect(ending).toEqual({ code: 0, left: [] });
  });

  it.each(["SIGINT", "SIGTERM"] as const)(
    "%s ends DynamoDB Local too",
    needs("dynamodb-local"),
    async (signal) => {
      const service = await startService({ folder, env: { DYNAMODB: "local" } });

      const ending = await service.stop(signal, "process");

      expect(ending).toEqual({ code: 0, left: [] });
    },
  );

  it("npm start without a terminal runs on after SIGHUP, as under nohup", async () => {
    const service = await startService({ folder, command: NPM_START, env: embedded });

    service.program.signal("SIGHUP", "group");
    await service.program.ended(5_000); // npm itself ends

    expect((await service.request("GET", "/ping")).body.toString()).toBe('{"payload":"PONG"}');
  });

  it("Ctrl+C twice leaves no process or port behind", async () => {
    const service = await startService({ folder, command: NPM_START, env: embedded });

    service.program.signal("SIGINT", "group");
    const ending = await service.stop("SIGINT", "group");

    expect(ending.left).toEqual([]);
  });

  it.each([
    ["SIGTERM", "process"],
    ["SIGINT", "group"],
  ] as const)(
    "%s to the %s while the database starts leaves no process or port behind",
    needs("dynamodb-local"),
    async (signal, to) => {
      const service = await launchService({ folder, command: NPM_START, env: { DYNAMODB: "local" } });
      await eventually(() => hasDatabase(service), 30_000);

      const ending = await service.stop(signal, to);

      expect(ending).toEqual({ code: 0, left: [] });
      expect(service.program.output()).not.toContain("ready on port");
    },
  );

  it("SIGTERM at the first output leaves no process or port behind", async () => {
    const service = await launchService({ folder, env: embedded });
    await service.program.waitForLine(/./, 30_000);

    const ending = await service.stop("SIGTERM", "group");

    expect(ending.left).toEqual([]);
  });
});

describe("two services of one checkout", () => {
  it("start at the same time, count separately, and stop independently", async () => {
    const services = await Promise.all([
      startService({ folder, env: embedded }),
      startService({ folder, env: embedded }),
    ]);
    const [one, two] = services;
    await one.deliver(tickAt(freshTime()));

    const counts = [await one.count(), await two.count()];
    const ending = await one.stop();
    await two.deliver(tickAt(freshTime()));

    expect(counts).toEqual([1, 0]);
    expect(ending).toEqual({ code: 0, left: [] });
    expect(await two.count()).toBe(1);
    expect(await two.stop()).toEqual({ code: 0, left: [] });
  });
});

const NAMES = { embedded: /Dynoxide/, local: /DynamoDB Local/ };
describeOnEngines("DYNAMODB_DATA with DYNAMODB=%s", (DYNAMODB) => {
  const other = DYNAMODB === "local" ? "embedded" : "local";
  const name = NAMES[DYNAMODB];
  const DYNAMODB_DATA = join(createFolder(), "new", "data folder");
  beforeAll(async () => {
    const service = await startService({ folder, env: { DYNAMODB, DYNAMODB_DATA } });
    await service.deliver(tickAt(freshTime()));
    await service.deliver(tickAt(freshTime()));
    await service.stop();
  });

  it("keeps the beats, and is opened by its engine when DYNAMODB is unset", async () => {
    const service = await startService({ folder, env: { DYNAMODB_DATA } });

    const count = await service.count();
    const intruder = await launchService({ folder, env: { DYNAMODB_DATA } });
    const refusal = await intruder.program.ended(30_000);
    const ending = await service.stop("SIGTERM");

    expect(count).toBe(2);
    expect(service.program.lines().find((line) => line.includes(service.databaseUrl))).toMatch(name);
    expect(refusal).toBe(1);
    expect(intruder.program.output()).toContain(`${DYNAMODB_DATA} is in use`);
    expect(ending).toEqual({ code: 0, left: [] });
  });

  it(`is rejected with DYNAMODB=${other}`, async () => {
    const service = await launchService({ folder, env: { DYNAMODB: other, DYNAMODB_DATA } });

    const code = await service.program.ended(30_000);

    expect(code).toBe(1);
    expect(service.program.lines().filter((line) => line.includes(DYNAMODB_DATA))).toEqual([
      expect.stringMatching(name),
    ]);
    expect(await service.program.leftBehind()).toEqual([]);
  });
});

describeOnEngines("kill -9 of a service with DYNAMODB=%s", (DYNAMODB) => {
  it("leaves a database that the next start ends, with a message", async () => {
    const killed = await startService({ folder, env: { DYNAMODB } });
    const orphan = killed.databasePid;
    killed.program.signal("SIGKILL", "group");
    await killed.program.ended(5_000);
    const left = killed.program.processes().map(({ pid }) => pid);

    const next = await startService({ folder, env: { DYNAMODB } });

    expect(left).toEqual([orphan]);
    expect(await killed.left()).toEqual([]);
    expect(next.program.output()).toMatch(new RegExp(`^.*left behind.*\\b${orphan}\\b`, "m"));
    expect(await next.stop()).toEqual({ code: 0, left: [] });
  });
});

it("kill -9 of a service loses no acknowledged beat in a data folder of the embedded engine", async () => {
  const env = { ...embedded, DYNAMODB_DATA: createFolder() };
  const killed = await startService({ folder, env });
  const acknowledged = [freshTime(), freshTime(), freshTime()];
  for (const time of acknowledged) await killed.deliver(tickAt(time));
  killed.program.signal("SIGKILL", "group");

  const next = await startService({ folder, env });

  expect(await next.count()).toBe(3);
  for (const time of acknowledged) {
    expect(await next.deliver(tickAt(time))).toMatchObject({ counted: false });
  }
  expect(await killed.left()).toEqual([]);
  expect(await next.stop()).toEqual({ code: 0, left: [] });
});

/** Whether the process of the database runs, ready or not. */
const hasDatabase = (service: Service) =>
  service.program.processes().some(({ command }) => command.includes("ServerRunner"));
