import { beforeAll, describe, expect, it } from "vitest";
import sampleTick from "../../events/heartbeat.json" with { type: "json" };
import { createCheckout } from "../support/checkout.ts";
import { reply, scriptDynamoDb } from "../support/fault-proxy.ts";
import { answerIn } from "../support/invoke-local.ts";
import { freePort } from "../support/ports.ts";
import { run } from "../support/program.ts";
import { type Service, startService } from "../support/service.ts";
import { freshTime, minuteOf, tickAt } from "../support/ticks.ts";

const folder = createCheckout();
const embedded = { DYNAMODB: "embedded" };

describe("sls invoke local with a database of its own", () => {
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
  ])("-f %s %j answers and leaves nothing", async (name, more, answer) => {
    const { code, output, left } = await run(["npx", "sls", "invoke", "local", "-f", name, ...more], {
      folder,
      env: embedded,
    });

    expect(answerIn(output)).toEqual(answer);
    expect(code).toBe(0);
    expect(left).toEqual([]);
  });
});

describe("commands beside a running service", () => {
  let service: Service;
  beforeAll(async () => {
    service = await startService({ folder, env: embedded });
    await service.deliver(tickAt(freshTime()));
  });

  it("sls invoke local counts in its database, where that is given", async () => {
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

  it("npm run beat prints the answer and the count", async () => {
    const before = await service.count();

    const { code, lines } = await run(["npm", "run", "-s", "beat"], { folder, env: service.env });

    const [answer = ""] = lines;
    const { minute } = JSON.parse(answer);
    expect(lines).toEqual([`{"counted":true,"minute":"${minute}"}`, `{"payload":${before + 1}}`]);
    expect(code).toBe(0);
    expect(await service.deliver({ time: minute.replace("Z", ":00Z") })).toEqual({ counted: false, minute });
  });

  it("npm run audit says that all sums agree", async () => {
    const minutes = await service.count();

    const { code, lines } = await run(["npm", "run", "-s", "audit"], { folder, env: service.env });

    expect(lines).toEqual([`${minutes} minutes, every sum agrees`]);
    expect(code).toBe(0);
  });

  it("npm run audit takes the database by its URL", async () => {
    const minutes = await service.count();

    const { code, lines } = await run(["npm", "run", "-s", "audit"], {
      folder,
      env: { AWS_ENDPOINT_URL_DYNAMODB: service.databaseUrl },
    });

    expect(lines).toEqual([`${minutes} minutes, every sum agrees`]);
    expect(code).toBe(0);
  });
});

it.each([["beat"], ["audit"], ["pause", "--", "upgrade"], ["resume"]])(
  "npm run %s without a service says so in one line",
  async (...script) => {
    const env = { PORT: String(await freePort()), LAMBDA_PORT: String(await freePort()) };

    const { code, lines } = await run(["npm", "run", "-s", ...script], { folder, env });

    expect(lines).toEqual([expect.stringMatching(/^no service.*start it/)]);
    expect(code).toBe(1);
  },
);

it.each([{ args: [] }, { args: ["--", " "] }])(
  "npm run pause of $args says that it takes a reason",
  async ({ args }) => {
    const { code, lines } = await run(["npm", "run", "-s", "pause", ...args], { folder });

    expect(lines).toEqual([expect.stringMatching(/^npm run pause -- "reason": /)]);
    expect(code).toBe(1);
  },
);

it("sls invoke local signs with made-up credentials, not the machine's", async () => {
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
