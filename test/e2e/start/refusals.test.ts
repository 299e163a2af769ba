import { once } from "node:events";
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCheckout, createFolder } from "../../support/processes/checkout.ts";
import { HAND_WRITTEN, writeExpression } from "../../support/processes/hand-written-schedule.ts";
import { freePort } from "../../support/processes/ports.ts";
import { launchService, type Service, SLS_OFFLINE, startService } from "../../support/processes/service.ts";

const folder = createCheckout();
const embedded = { DYNAMODB: "embedded" };
const withoutJava = () => {
  const bin = join(createFolder(), "bin");
  mkdirSync(bin);
  for (const name of ["node", "npm", "npx", "sh", "ps"]) {
    const path = (process.env["PATH"] ?? "")
      .split(delimiter)
      .map((part) => join(part, name))
      .find(existsSync);
    if (path !== undefined) symlinkSync(path, join(bin, name));
  }
  return bin;
};
const aFile = join(createFolder(), "a-file");
writeFileSync(aFile, "");

describe("a failed start prints one line with the cause and the remedy, exits with code 1 and leaves no process behind, with", () => {
  let taken: Server;
  let takenPort: string;
  beforeAll(async () => {
    const port = await freePort();
    taken = createServer().listen(port, "localhost");
    await once(taken, "listening");
    takenPort = String(port);
  });
  afterAll(() => {
    taken.close();
  });

  it.each<[what: string, env: () => Record<string, string>, says: () => string[]]>([
    ["PORT=abc", () => ({ PORT: "abc" }), () => ["PORT=abc", "1 to 65535"]],
    ["PORT=80000", () => ({ PORT: "80000" }), () => ["PORT=80000", "1 to 65535"]],
    ["PORT=0", () => ({ PORT: "0" }), () => ["PORT=0", "1 to 65535"]],
    ["LAMBDA_PORT=3002x", () => ({ LAMBDA_PORT: "3002x" }), () => ["LAMBDA_PORT=3002x", "1 to 65535"]],
    [
      "the same PORT and LAMBDA_PORT",
      () => ({ PORT: takenPort, LAMBDA_PORT: takenPort }),
      () => ["PORT", "LAMBDA_PORT", takenPort],
    ],
    ["DYNAMODB=foo", () => ({ DYNAMODB: "foo" }), () => ["DYNAMODB=foo", "local", "embedded"]],
    [
      "a PORT in use",
      () => ({ ...embedded, PORT: takenPort }),
      () => [`port ${takenPort} is in use`, " PORT="],
    ],
    [
      "a LAMBDA_PORT in use",
      () => ({ ...embedded, LAMBDA_PORT: takenPort }),
      () => [`port ${takenPort} is in use`, "LAMBDA_PORT="],
    ],
    [
      "DYNAMODB_DATA below a file",
      () => ({ ...embedded, DYNAMODB_DATA: join(aFile, "data") }),
      () => [join(aFile, "data"), "cannot be written", "choose another folder in DYNAMODB_DATA"],
    ],
    [
      "DYNAMODB_DATA that is a file",
      () => ({ ...embedded, DYNAMODB_DATA: aFile }),
      () => [aFile, "cannot be written", "choose another folder in DYNAMODB_DATA"],
    ],
    [
      "DYNAMODB_DATA in a folder that cannot be written",
      () => ({ ...embedded, DYNAMODB_DATA: "/proc/heartbeat" }),
      () => ["/proc/heartbeat", "cannot be written", "choose another folder in DYNAMODB_DATA"],
    ],
    [
      "an endpoint that is not a URL",
      () => ({ AWS_ENDPOINT_URL_DYNAMODB: "nonsense" }),
      () => ["AWS_ENDPOINT_URL_DYNAMODB=nonsense", "http://127.0.0.1:"],
    ],
    [
      "an endpoint that refuses connections",
      () => ({ AWS_ENDPOINT_URL_DYNAMODB: "http://127.0.0.1:9" }),
      () => ["AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9"],
    ],
    [
      "DYNAMODB=local without Java",
      () => ({ DYNAMODB: "local", PATH: withoutJava() }),
      () => ["DynamoDB Local", "no Java", "install Java", "AWS_ENDPOINT_URL_DYNAMODB"],
    ],
  ])("%s", async (_, env, says) => {
    await expectRefusal(await launchService({ folder, env: env() }), says());
  });

  it("a folder .heartbeat/run that cannot be written", async () => {
    const checkout = createCheckout();
    mkdirSync(join(checkout, ".heartbeat"));
    writeFileSync(join(checkout, ".heartbeat", "run"), "");

    const service = await launchService({ folder: checkout, env: embedded });

    await expectRefusal(service, ["the folder .heartbeat/run cannot be written: make it writable: "]);
  });

  it.each([
    ["every=7", ["every=7", "divides 60", "1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30"]],
    ["every=", ["every=", "divides 60", "1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30"]],
    ["schedule=maybe", ["invalid param schedule=maybe: use true or false"]],
    ["schedule=", ["invalid param schedule=: use true or false"]],
    ["lateAfter=60", ["lateAfter=60", "lateAfter must", "at least 130"]],
    ["downAfter=2m", ["downAfter=2m", "downAfter must", "whole seconds"]],
    ["notifyUrl=hc.example.org/2c41", ["notifyUrl", "it must", "https", "it is not a URL"]],
    ["notifyUrl=http://hc.example.org/2c41", ["notifyUrl", "it must", "https", "of another machine"]],
  ])("the param %s", async (param, says) => {
    const command = [...SLS_OFFLINE, `--param=${param}`];

    // Otherwise a second param switches the schedule off.
    await expectRefusal(await launchService({ folder, command, env: embedded, schedule: true }), says);
  });
});

it.each(HAND_WRITTEN)(
  "a schedule written by hand, %j, fails the start in one line that says what to write",
  async (lines, says) => {
    const checkout = createCheckout();
    writeExpression(checkout, ...lines);

    await expectRefusal(await launchService({ folder: checkout, env: embedded }), says);
  },
);

const expectRefusal = async (service: Service, says: string[]) => {
  const code = await service.program.ended(30_000);

  const lines = service.program.lines().filter((line) => !line.startsWith("Starting Offline"));
  expect(code).toBe(1);
  expect(lines.filter((line) => says.every((words) => line.includes(words)))).toHaveLength(1);
  expect(lines).toHaveLength(1);
  expect(await service.program.leftBehind()).toEqual([]);
};

it("a start without Java uses the embedded engine, and prints why in one line", async () => {
  const service = await startService({ folder, env: { PATH: withoutJava() } });

  const count = await service.count();

  expect(count).toBe(0);
  expect(service.program.lines().filter((line) => /java/i.test(line))).toEqual([
    expect.stringMatching(/Dynoxide.*no Java/),
  ]);
  expect(service.program.output()).toContain(service.databaseUrl);
  expect(await service.stop()).toEqual({ code: 0, left: [] });
});
