import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
// esbuild uses the folder in which it is first loaded, and the folders of the tests are removed.
import "esbuild";
import { beforeAll, describe, expect, test } from "vitest";
import { bundleReference } from "../../tools/bench/cold-start/references.ts";
import { bundle } from "../../tools/build/bundle.ts";
import { fail, hang, reply, type Step, scriptDynamoDb, succeed } from "../support/fakes/fault-proxy.ts";
import { needs } from "../support/optional/needs.ts";
import { createCheckout } from "../support/processes/checkout.ts";
import { invokeOnNode24 } from "../support/programs/on-node-24.ts";

const FUNCTIONS = ["heartbeat", "ping", "beats", "pulse", "settings"];
const KEYS = { AWS_ACCESS_KEY_ID: "AKIATEST", AWS_SECRET_ACCESS_KEY: "secret", AWS_SESSION_TOKEN: "token" };
/** One string of each module that reads credentials from a source other than the environment. */
const CHAIN = [
  "AssumeRoleWithWebIdentity",
  "credential_process",
  "GetRoleCredentials",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "/latest/meta-data/iam/security-credentials/",
];

const folder = createCheckout();
const fileOf = (name: string) => join(folder, "dist", `${name}.mjs`);
const sizeOf = (file: string) => readFileSync(file).length;
const zippedSizeOf = (file: string) => deflateRawSync(readFileSync(file)).length;
let naive: string;
beforeAll(async () => {
  naive = await bundleReference("naive", folder);
  const checkout = process.cwd();
  process.chdir(folder);
  await bundle(FUNCTIONS);
  process.chdir(checkout);
});

describe("the bundle", () => {
  test("of ping has at most 300 bytes", () => {
    expect(sizeOf(fileOf("ping"))).toBeLessThanOrEqual(300);
  });

  test.each(["heartbeat", "beats"])(
    "of %s has at most 75 kB zipped, and at most 65 % of the size of a naive one",
    (name) => {
      expect(zippedSizeOf(fileOf(name))).toBeLessThanOrEqual(75_000);
      expect(sizeOf(fileOf(name)) / sizeOf(naive)).toBeLessThanOrEqual(0.65);
    },
  );

  test.each(["heartbeat", "beats", "pulse", "settings"])(
    "of %s contains no credential provider except the environment",
    (name) => {
      const foundIn = (file: string) => CHAIN.filter((word) => readFileSync(file, "utf8").includes(word));

      expect(foundIn(naive)).toEqual(CHAIN);
      expect(foundIn(fileOf(name))).toEqual([]);
    },
  );
});

const invoke = async (name: string, { events = [{}], env = KEYS, steps = [succeed] }: Given = {}) => {
  await using database = await scriptDynamoDb(...steps);
  const invoked = await invokeOnNode24(fileOf(name), {
    events,
    folder,
    env: { AWS_ENDPOINT_URL_DYNAMODB: database.url, ...env },
  });
  const { headers, connections } = database;
  const operations = headers.map((header) => String(header["x-amz-target"]).split(".")[1]);
  return { ...invoked, headers, operations, connections: connections.length };
};
interface Given {
  events?: unknown[];
  env?: Record<string, string>;
  steps?: Step[];
}

describe("on Node 24", needs("node-24"), () => {
  test("ping loads no module of Node", async () => {
    const { answers, loaded } = await invoke("ping");

    expect(answers).toMatchObject([{ body: '{"payload":"PONG"}' }]);
    expect(loaded).toEqual({ withModule: [], byInvocations: [] });
  });

  test.each(["heartbeat", "beats", "pulse", "settings"])(
    "%s loads at most 90 modules of Node at the start",
    async (name) => {
      const { loaded } = await invoke(name);

      expect(loaded.withModule).toContain("NativeModule https");
      expect(loaded.withModule.length).toBeLessThanOrEqual(90);
    },
  );

  test.each(["heartbeat", "beats", "pulse", "settings"])("%s does not load undici", async (name) => {
    const { loaded } = await invoke(name);

    expect(Object.values(loaded).flat()).not.toContainEqual(expect.stringContaining("undici"));
  });
});

describe("requests to the database", needs("node-24"), () => {
  test.each([
    ["ping", {}, { atStart: [], each: [] }],
    ["beats", {}, { atStart: ["GetItem"], each: ["GetItem"] }],
    ["heartbeat", {}, { atStart: [], each: ["TransactWriteItems"] }],
    ["pulse", { routeKey: "GET /status" }, { atStart: ["Query"], each: ["Query", "Query"] }],
    // Not requested at the start, because settings is rarely called.
    ["settings", {}, { atStart: [], each: ["Query"] }],
  ])(
    "%s makes only the expected requests at the start and at each invocation",
    async (name, event, expected) => {
      const { operations } = await invoke(name, { events: [event, event] });

      expect(operations).toEqual([...expected.atStart, ...expected.each, ...expected.each]);
    },
  );

  test.each([
    ["heartbeat", 20],
    ["beats", 21],
  ])("%s uses one connection for all its requests", async (name, requests) => {
    const { operations, connections } = await invoke(name, { events: Array(20).fill({}) });

    expect(operations).toHaveLength(requests);
    expect(connections).toBe(1);
  });

  test("beats uses no endpoint discovery, even if the environment enables it", async () => {
    const { answers, operations } = await invoke("beats", {
      env: { ...KEYS, AWS_ENABLE_ENDPOINT_DISCOVERY: "true" },
      steps: [reply(200, { Item: { beats: { N: "6" } } })],
    });

    expect(answers).toMatchObject([{ statusCode: 200 }]);
    expect(operations).toEqual(["GetItem", "GetItem"]);
  });

  test.each([
    ["rejects the first request", fail(400, "AccessDeniedException")],
    ["does not reply", hang],
  ])("beats starts when the database %s", async (_, fault) => {
    // If the start retried its request, it would consume this answer, and the invocation would get the next one.
    const answer = reply(200, { Item: { beats: { N: "6" } } });

    const { answers } = await invoke("beats", { steps: [fault, answer, hang] });

    expect(answers).toMatchObject([{ statusCode: 200, body: '{"payload":6}' }]);
  });
});

describe("credentials", needs("node-24"), () => {
  test("are read from the environment, including the session token", async () => {
    const { headers } = await invoke("beats");

    expect(headers).toHaveLength(2);
    for (const header of headers) {
      expect(header["authorization"]).toContain("Credential=AKIATEST/");
      expect(header["authorization"]).toContain("x-amz-security-token");
      expect(header["x-amz-security-token"]).toBe("token");
    }
  });

  test("work without a session token", async () => {
    const { headers } = await invoke("beats", {
      env: { AWS_ACCESS_KEY_ID: "AKIATEST", AWS_SECRET_ACCESS_KEY: "secret" },
    });

    expect(headers[1]).not.toHaveProperty("x-amz-security-token");
    expect(headers[1]?.["authorization"]).toContain("Credential=AKIATEST/");
  });

  test("that are missing cause a 500, and the log names the cause and the variables to set", async () => {
    const { answers, headers, stderr } = await invoke("beats", { env: {} });

    expect(answers).toMatchObject([{ statusCode: 500 }]);
    expect(headers).toEqual([]);
    expect(stderr).toContain(
      "the beats could not be read: CredentialsProviderError: Unable to find environment variable credentials. Set valid credentials: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, for a role, AWS_SESSION_TOKEN.",
    );
  });

  test("that have expired cause a 500, and the log names the cause and the variables to set", async () => {
    const expired = reply(400, {
      __type: "com.amazon.coral.service#ExpiredTokenException",
      message: "The security token included in the request is expired",
    });

    const { answers, stderr } = await invoke("beats", { steps: [expired] });

    expect(answers).toMatchObject([{ statusCode: 500 }]);
    expect(stderr).toContain(
      "ExpiredTokenException: The security token included in the request is expired. Set valid credentials: ",
    );
    expect(stderr).not.toMatch(/AKIATEST|secret/);
  });
});
