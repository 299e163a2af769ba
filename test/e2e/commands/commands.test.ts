import { beforeAll, describe, expect, it } from "vitest";
import sampleTick from "../../../events/heartbeat.json" with { type: "json" };
import { reply, scriptDynamoDb } from "../../support/fakes/fault-proxy.ts";
import { freshTime, minuteOf, tickAt } from "../../support/fixtures/ticks.ts";
import { createCheckout, replaceIn } from "../../support/processes/checkout.ts";
import { answerIn } from "../../support/processes/invoke-local.ts";
import { freePort } from "../../support/processes/ports.ts";
import { run } from "../../support/processes/program.ts";
import { type Service, SLS_OFFLINE, startService } from "../../support/processes/service.ts";

const folder = createCheckout();
const embedded = { DYNAMODB: "embedded" };

describe("sls invoke local with its own database", () => {
  it.each([
    ["heartbeat", [], { counted: true, minute: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\dZ$/) }],
    ["heartbeat", ["--path", "events/heartbeat.json"], { counted: true, minute: minuteOf(sampleTick.time) }],
    ["beats", [], { statusCode: 200, headers: expect.anything(), body: '{"payload":0}' }],
    [
      "beats",
      ["--path", "events/beats.json"],
      { statusCode: 200, headers: expect.anything(), body: '{"payload":0}' },
    ],
    ["ping", [], { statusCode: 200, headers: expect.anything(), body: '{"payload":"PONG"}' }],
    [
      "ping",
      ["--path", "events/ping.json"],
      { statusCode: 200, headers: expect.anything(), body: '{"payload":"PONG"}' },
    ],
  ])("-f %s %j prints the reply and leaves no process or port behind", async (name, more, answer) => {
    const { code, output, left } = await run(["npx", "sls", "invoke", "local", "-f", name, ...more], {
      folder,
      env: embedded,
    });

    expect(answerIn(output)).toEqual(answer);
    expect(code).toBe(0);
    expect(left).toEqual([]);
  });
});

describe("commands for a running service", () => {
  let service: Service;
  beforeAll(async () => {
    service = await startService({ folder, env: embedded });
    await service.deliver(tickAt(freshTime()));
  });

  it("sls invoke local uses the database at AWS_ENDPOINT_URL_DYNAMODB", async () => {
    const before = await service.count();
    const env = { AWS_ENDPOINT_URL_DYNAMODB: service.databaseUrl };

    const beat = await run(
      ["npx", "sls", "invoke", "local", "-f", "heartbeat", "--path", "events/heartbeat.json"],
      { folder, env },
    );
    const beats = await run(["npx", "sls", "invoke", "local", "-f", "beats"], { folder, env });

    expect(answerIn(beat.output)).toEqual({ counted: true, minute: minuteOf(sampleTick.time) });
    expect(answerIn(beats.output)).toMatchObject({ body: `{"payload":${before + 1}}` });
    expect([beat.code, beats.code]).toEqual([0, 0]);
    expect(await service.count()).toBe(before + 1);
  });

  it("npm run beat prints the reply and the count", async () => {
    const before = await service.count();

    const { code, lines } = await run(["npm", "run", "-s", "beat"], { folder, env: service.env });

    const [answer = ""] = lines;
    const { minute } = JSON.parse(answer);
    expect(lines).toEqual([`{"counted":true,"minute":"${minute}"}`, `{"payload":${before + 1}}`]);
    expect(code).toBe(0);
    expect(await service.deliver({ time: minute.replace("Z", ":00Z") })).toEqual({ counted: false, minute });
  });

  it("npm run audit prints that every sum agrees", async () => {
    const minutes = await service.count();

    const { code, lines } = await run(["npm", "run", "-s", "audit"], { folder, env: service.env });

    expect(lines).toEqual([
      `table heartbeat-dev-beats in us-east-1 at ${service.databaseUrl}`,
      `${minutes} minutes, every sum agrees`,
    ]);
    expect(code).toBe(0);
  });

  it("npm run audit finds the service by the URL of its database", async () => {
    const minutes = await service.count();

    const { code, lines } = await run(["npm", "run", "-s", "audit"], {
      folder,
      env: { AWS_ENDPOINT_URL_DYNAMODB: service.databaseUrl },
    });

    expect(lines).toEqual([
      `table heartbeat-dev-beats in us-east-1 at ${service.databaseUrl}`,
      `${minutes} minutes, every sum agrees`,
    ]);
    expect(code).toBe(0);
  });

  const COMMANDS = ["beat", "pause", "resume", "audit", "redrive"];

  it.each(COMMANDS)("npm run %s -- --help prints its usage and changes nothing", async (command) => {
    const before = await service.invoke("settings", {});

    const { code, lines } = await run(["npm", "run", "-s", command, "--", "--help"], {
      folder,
      env: service.env,
    });

    expect(lines).toEqual([expect.stringMatching(new RegExp(`^npm run ${command}\\b.*: .+`))]);
    expect(code).toBe(0);
    expect(await service.invoke("settings", {})).toEqual(before);
  });

  it.each([
    ...COMMANDS.map((command) => [command, "--fast"]),
    ...["beat", "resume", "audit", "redrive"].map((command) => [command, "fast"]),
    ["audit", "--repair=now"],
    ["redrive", "--stage"],
    ["pause", "upgrade", "--fast"],
  ])(
    "npm run %s -- %s is rejected with the name of the argument, and changes nothing",
    async (command, ...args) => {
      const before = await service.invoke("settings", {});

      const { code, lines } = await run(["npm", "run", "-s", command ?? "", "--", ...args], {
        folder,
        env: service.env,
      });

      const [name] = args.at(-1)?.split("=") ?? [];
      expect(lines).toEqual([
        expect.stringMatching(new RegExp(`'${name}\\b.*; usage: npm run ${command}\\b`)),
      ]);
      expect(code).toBe(1);
      expect(await service.invoke("settings", {})).toEqual(before);
    },
  );

  it("npm run pause accepts a reason that starts with a hyphen after a second --", async () => {
    const paused = await run(["npm", "run", "-s", "pause", "--", "--", "--help"], {
      folder,
      env: service.env,
    });
    await run(["npm", "run", "-s", "resume"], { folder, env: service.env });

    expect(JSON.parse(paused.lines[0] ?? "")).toMatchObject({ pause: { reason: "--help" } });
  });

  it.each(["beat", "audit"])(
    "npm run %s ends without a stack when the reader closes the pipe",
    async (command) => {
      const script = `npm run -s ${command} | head -0; echo code \${PIPESTATUS[0]}`;

      const { lines } = await run(["bash", "-c", script], { folder, env: service.env });

      expect(lines).toEqual(["code 0"]);
    },
  );
});

describe.each([
  ["stage test", "heartbeat", ["--stage", "test"], "heartbeat-test-beats"],
  ["a renamed service", "pulse", [], "pulse-dev-beats"],
])("commands for %s", (_, name, options, table) => {
  let service: Service;
  let folder: string;
  beforeAll(async () => {
    folder = createCheckout();
    if (name !== "heartbeat") replaceIn(folder, ["serverless.yml"], "service: heartbeat", `service: ${name}`);
    service = await startService({ folder, env: embedded, command: [...SLS_OFFLINE, ...options] });
  });
  const npm = (...args: string[]) =>
    // The commands take LAMBDA_PORT from the record of the service, not from their environment.
    run(["npm", "run", "-s", ...args], { folder, env: { PORT: service.env.PORT } });

  it("find the service by its port", async () => {
    const paused = await npm("pause", "--", "upgrade");
    const resumed = await npm("resume");
    const beat = await npm("beat");
    const audit = await npm("audit");

    expect(JSON.parse(paused.lines[0] ?? "")).toMatchObject({ version: 1, pause: { reason: "upgrade" } });
    expect(JSON.parse(resumed.lines[0] ?? "")).toMatchObject({ version: 2, pause: null });
    expect(beat.lines[1]).toMatch(/^\{"payload":\d\}$/);
    expect(audit.lines[0]).toBe(`table ${table} in us-east-1 at ${service.databaseUrl}`);
    expect(audit.lines[1]).toMatch(/^\d minutes?, every sum agrees$/);
    expect([paused.code, resumed.code, beat.code, audit.code]).toEqual([0, 0, 0, 0]);
  });
});

it.each([
  ["offline", []],
  ["invoke", ["local", "-f", "ping"]],
  ["remove", []],
  ["info", []],
])("sls %s rejects a parameter that serverless.yml does not read", async (command, more) => {
  const { code, lines } = await run(["npx", "sls", command, ...more, "--param=lateafter=180"], { folder });

  expect(lines.at(-1)).toMatch(/^unknown param lateafter: use alarmEmail, .*, schedule$/);
  expect(code).toBe(1);
});

it.each([["beat"], ["audit"], ["pause", "--", "upgrade"], ["resume"]])(
  "npm run %s prints one line when no service runs",
  async (...script) => {
    const env = { PORT: String(await freePort()), LAMBDA_PORT: String(await freePort()) };

    const { code, lines } = await run(["npm", "run", "-s", ...script], { folder, env });

    expect(lines).toEqual([expect.stringMatching(/^no service of this checkout runs on port \d+: start it/)]);
    expect(code).toBe(1);
  },
);

it.each([{ args: [] }, { args: ["--", " "] }])(
  "npm run pause with the arguments $args prints that it needs a reason",
  async ({ args }) => {
    const { code, lines } = await run(["npm", "run", "-s", "pause", ...args], { folder });

    expect(lines).toEqual([
      expect.stringMatching(/^the reason is missing; usage: npm run pause -- "reason": /),
    ]);
    expect(code).toBe(1);
  },
);

it.each([
  [[], "the version of Node.js is missing"],
  [["latest"], 'invalid version of Node.js "latest"'],
])("npm run test:node with the arguments %j prints what is wrong, and its usage", async (args, fault) => {
  const { code, lines } = await run(["npm", "run", "-s", "test:node", "--", ...args], { folder });

  expect(lines).toEqual([
    `${fault}; usage: npm run test:node -- <version, such as 24 or 20.19> [arguments of vitest run]`,
  ]);
  expect(code).toBe(1);
});

it("sls invoke local signs requests with dummy credentials, not those of the machine", async () => {
  await using database = await scriptDynamoDb(reply(200, { Table: { TableStatus: "ACTIVE" } }));
  const env = {
    AWS_ENDPOINT_URL_DYNAMODB: database.url,
    AWS_ACCESS_KEY_ID: "AKIAMACHINE",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_SESSION_TOKEN: "token",
    AWS_PROFILE: "machine",
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true",
    AWS_USE_FIPS_ENDPOINT: "true",
  };

  const { output } = await run(["npx", "sls", "invoke", "local", "-f", "beats"], { folder, env });

  expect(answerIn(output)).toMatchObject({ body: '{"payload":0}' });
  const signatures = database.headers.map(({ authorization }) => authorization);
  expect(new Set(signatures.map((signature) => signature?.split("/")[0]))).toEqual(
    new Set(["AWS4-HMAC-SHA256 Credential=local"]),
  );
  expect(database.headers.filter((header) => "x-amz-security-token" in header)).toEqual([]);
});

it("sls rejects a parameter in serverless.yml that nothing reads", async () => {
  const folder = createCheckout();
  replaceIn(folder, ["serverless.yml"], /^ {2}prod:$/gm, "  prod:\n    alarmMail: me@example.org");

  const { code, lines } = await run(["npx", "sls", "print"], { folder });

  expect(lines.at(-1)).toMatch(/^unknown param alarmMail: use alarmEmail, .*, schedule$/);
  expect(code).toBe(1);
});
