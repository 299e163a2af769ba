import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { needs } from "../../support/optional/needs.ts";
import { createCheckout, edit } from "../../support/processes/checkout.ts";
import { eventually } from "../../support/processes/eventually.ts";
import { launchService, type Service } from "../../support/processes/service.ts";

const DEV = ["npm", "run", "dev", "--"];
const PING = "handlers/ping.ts";
const WITHIN = 30_000;

describe("npm run dev", () => {
  let folder: string;
  let service: Service;
  beforeEach(async () => {
    folder = createCheckout();
    service = await launchService({ folder, command: DEV, env: { DYNAMODB: "embedded" } });
    await service.ready();
  });
  afterEach(() => service.program.kill());

  const replace = (path: string, from: string, to: string) =>
    edit(join(folder, path), (text) => text.replace(from, to));
  const ping = async () => (await service.request("GET", "/ping")).body.toString();
  const starts = () => service.program.lines().filter((line) => line.startsWith("ready on port")).length;
  const isService = ({ command }: { command: string }) => command.includes("serverless.js");
  const killDev = () => {
    const [dev] = service.program.processes().filter(({ command }) => command.includes("tools/local/dev.ts"));
    process.kill(dev?.pid ?? 0, "SIGKILL");
  };
  const started = async (count: number) => {
    expect(await eventually(() => starts() === count, WITHIN), service.program.output()).toBe(true);
  };

  it("runs a changed handler and keeps the beats", async () => {
    await service.deliver({});

    replace(PING, '"PONG"', '"PUNG"');
    await started(2);

    expect(await ping()).toBe('{"payload":"PUNG"}');
    expect(await service.count()).toBe(1);
    expect(service.program.lines()).toContain("handlers/ping.ts changed: starting again");
  });

  it("runs a handler again after each save that replaces the file", async () => {
    const saved = (payload: string) => {
      const text = `export const handler = async () => ({ statusCode: 200, body: "${payload}" });\n`;
      writeFileSync(join(folder, "handlers/ping.new"), text);
      renameSync(join(folder, "handlers/ping.new"), join(folder, PING));
    };
    const replies: string[] = [];
    for (const [n, payload] of ["first", "second", "third"].entries()) {
      saved(payload);
      await started(n + 2);
      replies.push(await ping());
    }

    expect(replies).toEqual(["first", "second", "third"]);
  });

  it("shows a syntax error, and runs again after the next save", async () => {
    replace(PING, '"PONG"', '"PONG');
    await service.program.waitForLine(/^the service ended with code 1: change a file/, WITHIN);

    replace(PING, '"PONG', '"PANG"');
    await started(2);

    expect(service.program.output()).toContain("handlers/ping.ts:3:");
    expect(service.program.lines()).toContain("the handlers cannot be bundled: correct the errors above");
    expect(await ping()).toBe('{"payload":"PANG"}');
  });

  it("shows an error in serverless.yml, and runs again after the next save", async () => {
    replace("serverless.yml", "provider:\n", "provider\n");
    await service.program.waitForLine(/^the service ended with code 1: change a file/, WITHIN);

    replace("serverless.yml", "provider\n", "provider:\n");
    await started(2);

    expect(await ping()).toBe('{"payload":"PONG"}');
  });

  it("starts once after several files are saved at the same time", async () => {
    for (let n = 0; n < 5; n++) replace(PING, "import", `// ${n}\nimport`);
    replace("lib/reply/reply.ts", "import", "// changed\nimport");
    await started(2);
    replace(PING, '"PONG"', '"PING"');
    await started(3);

    expect(service.program.lines().filter((line) => line.endsWith("changed: starting again"))).toHaveLength(
      2,
    );
  });

  it.each([
    ["SIGINT", "group"],
    ["SIGTERM", "process"],
  ] as const)("%s to the %s stops the service and the database, also after a restart", async (signal, to) => {
    replace(PING, '"PONG"', '"PUNG"');
    await started(2);

    expect(await service.stop(signal, to)).toEqual({ code: 0, left: [] });
    expect(service.program.output()).not.toContain("the service ended");
  });

  it.each([
    ["SIGINT", "group"],
    ["SIGINT", "process"],
    ["SIGTERM", "process"],
  ] as const)("%s to the %s during a restart stops everything", async (signal, to) => {
    replace(PING, '"PONG"', '"PUNG"');
    await service.program.waitForLine(/changed: starting again$/, WITHIN);

    expect(await service.stop(signal, to)).toEqual({ code: 0, left: [] });
    expect(starts()).toBe(1);
    expect(service.program.output()).not.toContain("the service ended");
  });

  it("runs on after SIGHUP without a terminal, as under nohup", async () => {
    service.program.signal("SIGHUP", "group");
    replace(PING, '"PONG"', '"PUNG"');
    await started(2);
    service.program.signal("SIGHUP", "group");

    expect(await ping()).toBe('{"payload":"PUNG"}');
  });

  it("names the database in one line of each start", async () => {
    replace(PING, '"PONG"', '"PUNG"');
    await started(2);

    const lines = service.program.lines().filter((line) => line.startsWith("database "));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(
      /^database {2}Dynoxide, .* \(DYNAMODB=embedded\), in memory, at http:\/\/127\.0\.0\.1:\d+$/,
    );
    expect(lines[1]).toBe(lines[0]);
  });

  it("ends a service that has just started when it is killed", async () => {
    const pids = () =>
      service.program
        .processes()
        .filter(isService)
        .map(({ pid }) => pid);
    const [first = 0] = pids();
    replace(PING, '"PONG"', '"PUNG"');
    expect(await eventually(() => pids().some((pid) => pid !== first), WITHIN)).toBe(true);
    killDev();

    expect(await eventually(() => pids().length === 0, WITHIN)).toBe(true);
    // The output of its whole start would follow.
    expect(service.program.lines().at(-1)).toBe("handlers/ping.ts changed: starting again");
  });

  it("ends the service when it is killed, and the next start ends the database", async () => {
    killDev();
    expect(await eventually(() => !service.program.processes().some(isService), WITHIN)).toBe(true);

    const next = await launchService({ folder, command: DEV, env: { DYNAMODB: "embedded" } });
    await next.ready();

    expect(next.program.output()).toContain("Ended the database that a killed run left behind");
    expect(await next.stop("SIGTERM", "process")).toEqual({ code: 0, left: [] });
    expect(service.program.processes()).toEqual([]);
  });
});

it.each([
  ["SIGTERM", "process"],
  ["SIGINT", "group"],
] as const)(
  "%s to the %s while the database of npm run dev starts leaves no process or port behind",
  needs("dynamodb-local"),
  async (signal, to) => {
    const service = await launchService({
      folder: createCheckout(),
      command: DEV,
      env: { DYNAMODB: "local" },
    });
    const isDatabase = ({ command }: { command: string }) => command.includes("ServerRunner");
    await eventually(() => service.program.processes().some(isDatabase), WITHIN);

    expect(await service.stop(signal, to)).toEqual({ code: 0, left: [] });
  },
);
