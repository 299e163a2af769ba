import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { beforeAll, describe, expect, it } from "vitest";
import { createCheckout, createFolder, replaceIn } from "../../support/processes/checkout.ts";
import { answerIn } from "../../support/processes/invoke-local.ts";
import { run } from "../../support/processes/program.ts";
import { NPM_START, type Service, startService } from "../../support/processes/service.ts";

const NAME = "nightly-report";

/** A checkout in which only the line `service:` is changed. */
const createRenamed = (name: string): string => {
  const folder = createCheckout();
  replaceIn(folder, ["serverless.yml"], /^service: .*$/gm, `service: ${name}`);
  return folder;
};

/**
 * The places where a text contains the name heartbeat. The key of the function heartbeat, which is not the name of the
 * service, is left out: in the names `<service>-<stage>-heartbeat`, in logical IDs and in the forms given.
 */
const oldNamesIn = (text: string, keys: readonly RegExp[]): string[] =>
  [
    /nightly-report-\w+-heartbeat\b/g,
    /\bHeartbeat(LambdaFunction|LambdaEvConf|LambdaPermission\w+|EventsRuleSchedule1|LogGroup|Role)\b/g,
    ...keys,
  ]
    .reduce((rest, key) => rest.replace(key, ""), text)
    .match(/.{0,60}heartbeat.{0,60}/gi) ?? [];

describe("a renamed service in another stage and region", () => {
  const folder = createRenamed(NAME);
  let service: Service;
  beforeAll(async () => {
    service = await startService({
      folder,
      env: { DYNAMODB: "embedded" },
      command: [...NPM_START, "--stage", "test", "--region", "eu-west-1"],
    });
  });
  const npm = async (...args: string[]) => {
    const { code, lines } = await run(["npm", "run", "-s", ...args], { folder, env: service.env });
    return { code, lines };
  };
  const bodyOf = async (path: string) => (await service.request("GET", path)).body.toString();

  it("names its functions and its table after the service and the stage when it starts", () => {
    const output = service.program.output();

    for (const name of ["heartbeat", "ping", "beats", "pulse", "settings"])
      expect(output).toContain(`* ${name}: nightly-report-test-${name}`);
    expect(service.program.lines()).toContain("table     nightly-report-test-beats");
    const keys = [
      /\* heartbeat: /g,
      /\(λ: heartbeat\)/g,
      /^Scheduling \[heartbeat\]/gm,
      /^> heartbeat@.*$/gm,
    ];
    expect(oldNamesIn(output, keys)).toEqual([]);
  });

  it("is found by beat, pause, resume and audit", async () => {
    const counted = await npm("beat");
    const paused = await npm("pause", "--", "upgrade");
    const resumed = await npm("resume");
    const audit = await npm("audit");

    expect([counted, paused, resumed, audit].map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(JSON.parse(counted.lines[0] ?? "")).toMatchObject({ counted: true });
    expect(counted.lines[1]).toBe('{"payload":1}');
    expect(JSON.parse(paused.lines[0] ?? "")).toMatchObject({ version: 1, pause: { reason: "upgrade" } });
    expect(JSON.parse(resumed.lines[0] ?? "")).toMatchObject({ version: 2, pause: null });
    expect(audit.lines).toEqual([
      `table nightly-report-test-beats in eu-west-1 at ${service.databaseUrl}`,
      "1 minute, every sum agrees",
    ]);
  });

  it("shows its name in the page, the badges and the OpenAPI document", async () => {
    const page = await bodyOf("/");
    const badge = await bodyOf("/badge.svg");
    const document = await bodyOf("/openapi.json");

    expect(page).toMatch(/<title>\w+ · nightly-report test<\/title>/);
    expect(page).toContain("<header><p><b>nightly-report</b>");
    expect(badge).toMatch(/<title>nightly-report: \w+/);
    expect(JSON.parse(await bodyOf("/badge.json"))).toMatchObject({ label: NAME });
    expect(JSON.parse(document)).toMatchObject({ info: { title: NAME } });
    for (const text of [page, badge, document]) expect(oldNamesIn(text, [])).toEqual([]);
  });

  it("returns nothing that contains the old name, apart from the names of Prometheus metrics", async () => {
    for (const path of ["/ping", "/beats", "/status", "/health", "/beats/history", "/metrics", "/nowhere"])
      expect(oldNamesIn(await bodyOf(path), [/\bheartbeat_\w+/g])).toEqual([]);
  });

  it("uses its table also in sls invoke local", async () => {
    const env = { AWS_ENDPOINT_URL_DYNAMODB: service.databaseUrl };
    const options = ["--stage", "test", "--region", "eu-west-1"];

    const { output } = await run(["npx", "sls", "invoke", "local", "-f", "beats", ...options], {
      folder,
      env,
    });

    expect(answerIn(output)).toMatchObject({ body: '{"payload":1}' });
  });
});

describe.each(["dev", "prod"])("the package of a renamed service for stage %s", (stage) => {
  const folder = createRenamed(NAME);
  const target = createFolder();
  let text: string;
  beforeAll(async () => {
    const { code, output } = await run(
      ["npx", "sls", "package", "--stage", stage, "--package", target, "--param=alarmEmail=me@example.org"],
      { folder },
    );
    if (code !== 0) throw new Error(output);
    text = readFileSync(join(target, "cloudformation-template-update-stack.json"), "utf8");
  });

  it("contains no resource, name, namespace or output with the old name", () => {
    const keys = [
      /"PolicyName": "heartbeat"/g,
      /"Handler": "dist\/heartbeat\.handler"/g,
      /"Id": "heartbeatSchedule"/g,
      /\/heartbeat\.zip"/g,
      /\\"heartbeat p99\\"/g,
    ];

    expect(oldNamesIn(text, keys)).toEqual([]);
  });

  it("has the metrics of the alarms, the dashboard and the log filter in the namespace of its functions", () => {
    const { Resources } = JSON.parse(text);
    const { Environment } = Resources.PulseLambdaFunction.Properties;
    const namespaces = [...text.matchAll(/"(?:Metric)?Namespace": "([^"]+)"/g)].map(([, name]) => name);
    const ours = namespaces.filter((name) => !name?.startsWith("AWS/"));

    expect(Environment.Variables).toMatchObject({
      SERVICE: NAME,
      STAGE: stage,
      METRICS_NAMESPACE: NAME,
      BEATS_TABLE: `nightly-report-${stage}-beats`,
    });
    // Two metrics of the alarm of stopped beats, one of the alarm of server errors, and the log filter.
    expect(ours).toEqual([NAME, NAME, NAME, NAME]);
    expect(
      Resources.Dashboard.Properties.DashboardBody["Fn::Sub"].match(/\["nightly-report", "\w+"/g),
    ).toEqual([
      '["nightly-report", "BeatsCounted"',
      '["nightly-report", "BeatLateness"',
      '["nightly-report", "ServerErrors"',
    ]);
  });

  it("has functions that write their metrics to that namespace", async () => {
    const { Resources } = JSON.parse(text);
    const home = createFolder();
    mkdirSync(join(home, "dist"));
    for (const [path, content] of Object.entries(unzipSync(readFileSync(join(target, "settings.zip")))))
      writeFileSync(join(home, path), content);
    const service = await startService({
      folder,
      env: { DYNAMODB: "embedded" },
      command: [...NPM_START, "--stage", stage],
    });
    const script = `
      const { handler } = await import("./dist/settings.mjs");
      await handler({ pause: "upgrade" }, { functionName: "f", awsRequestId: "1" });`;

    const { lines } = await run(["node", "--input-type=module", "--eval", script], {
      folder: home,
      env: {
        ...Resources.SettingsLambdaFunction.Properties.Environment.Variables,
        ...{ AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" },
        AWS_ENDPOINT_URL_DYNAMODB: service.databaseUrl,
      },
    });

    const metrics = lines.filter((line) => line.startsWith('{"_aws"')).map((line) => JSON.parse(line));
    expect(metrics.map(({ _aws }) => _aws.CloudWatchMetrics[0].Namespace)).toEqual([NAME]);
  });
});

it("the template tests pass in a checkout with a renamed service", { timeout: 400_000 }, async () => {
  const folder = createRenamed(NAME);
  cpSync("test", join(folder, "test"), { recursive: true });
  // As docs/deploy.md describes it.
  replaceIn(folder, ["docs/deployer-policy.json"], "heartbeat-", `${NAME}-`);
  const options = ["--project", "template", "--exclude", "test/template/lint.test.ts", "--reporter", "json"];

  const { code, output } = await run(["npx", "vitest", "run", ...options], { folder }, 380_000);

  const [report = ""] = output.match(/^\{"numTotalTestSuites".*$/m) ?? [];
  const { testResults } = JSON.parse(report || "{}");
  const failed = (testResults ?? [output]).filter(({ status }: { status?: string }) => status !== "passed");
  expect({ code, failed }).toEqual({ code: 0, failed: [] });
});

describe("a service with an invalid name", () => {
  it.each([
    ["my_report", "package", []],
    ["Report", "offline", []],
    ["a".repeat(50), "offline", []],
    ["a".repeat(50), "invoke", ["local", "-f", "ping"]],
  ])("%s is rejected by sls %s with one line", async (name, command, more) => {
    const { code, lines } = await run(["npx", "sls", command, ...more], { folder: createRenamed(name) });

    expect(lines).toEqual([
      `invalid service ${name} in serverless.yml: use 2 to 49 lowercase letters, digits and hyphens, starting with a letter`,
    ]);
    expect(code).toBe(1);
  });

  it("leaves less room for the stage the longer its name is", async () => {
    const folder = createRenamed(NAME);

    const { code, lines } = await run(["npx", "sls", "offline", "--stage", "s".repeat(40)], { folder });

    expect(lines).toEqual([
      `invalid stage ${"s".repeat(40)}: use at most 39 lowercase letters, digits and hyphens, starting with a letter`,
    ]);
    expect(code).toBe(1);
  });
});

it("sls package refuses the renamed stage's own table as existingTable while it would delete it", async () => {
  const folder = createRenamed(NAME);
  const package_ = (table: string) =>
    run(["npx", "sls", "package", `--param=existingTable=${table}`, "--package", createFolder()], { folder });

  const own = await package_("nightly-report-dev-beats");
  const former = await package_("heartbeat-dev-beats");

  expect(own.lines.slice(1)).toEqual([
    "invalid param existingTable=nightly-report-dev-beats: stage dev creates this table and, with keepTable=false, would delete it; deploy with keepTable=true first",
  ]);
  expect([own.code, former.code]).toEqual([1, 0]);
});
