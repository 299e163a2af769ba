import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Engine, startEngine } from "../../../tools/local/database/engines.ts";
import { createTable } from "../../../tools/local/database/table.ts";
import { node24 } from "../../../tools/node/node-24.ts";
import { SECRET, startReceiver } from "../../support/fakes/receiver.ts";
import { freshTime, minuteOf, tickAt } from "../../support/fixtures/ticks.ts";
import { needs } from "../../support/optional/needs.ts";
import { createCheckout, createFolder } from "../../support/processes/checkout.ts";
import { run } from "../../support/processes/program.ts";

const FUNCTIONS = ["heartbeat", "ping", "beats", "pulse", "settings"];

interface Resource {
  Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: CloudFormation, whose every path a test states
  Properties: any;
}

const folder = createFolder();
let resources: Record<string, Resource>;
beforeAll(async () => {
  const { code, output } = await run(["npx", "sls", "package", "--package", folder], {
    folder: createCheckout(),
  });
  if (code !== 0) throw new Error(output);
  const template = readFileSync(join(folder, "cloudformation-template-update-stack.json"), "utf8");
  resources = JSON.parse(template).Resources;
});

const allOf = (type: string) => Object.values(resources).filter((resource) => resource.Type === type);
const named = (name: string) =>
  allOf("AWS::Lambda::Function").find(({ Properties }) => Properties.FunctionName === `heartbeat-dev-${name}`)
    ?.Properties;

describe("the packaged template", () => {
  it("has the functions heartbeat, ping, beats, pulse and settings with their names", () => {
    const names = allOf("AWS::Lambda::Function").map(({ Properties }) => Properties.FunctionName);

    expect(names).toEqual(expect.arrayContaining(FUNCTIONS.map((name) => `heartbeat-dev-${name}`)));
  });

  it.each(FUNCTIONS)("runs %s on Node 24 on arm64, with JSON logs and its own bundle", (name) => {
    const properties = named(name);

    expect(properties).toMatchObject({
      Runtime: "nodejs24.x",
      Architectures: ["arm64"],
      LoggingConfig: { LogFormat: "JSON" },
      Handler: `dist/${name}.handler`,
    });
  });

  it.each(["heartbeat", "beats", "pulse", "settings"])(
    "gives %s the table name as a plain string",
    (name) => {
      expect(named(name).Environment.Variables.BEATS_TABLE).toBe("heartbeat-dev-beats");
    },
  );

  it("schedules heartbeat every minute, by one rule", () => {
    const rules = allOf("AWS::Events::Rule")
      .map(({ Properties }) => Properties)
      .filter(({ Targets }) =>
        isDeepStrictEqual(Targets[0].Arn, { "Fn::GetAtt": ["HeartbeatLambdaFunction", "Arn"] }),
      );

    expect(rules).toHaveLength(1);
    expect(rules[0]).toMatchObject({ ScheduleExpression: "cron(* * * * ? *)", State: "ENABLED" });
    expect(rules[0].Targets).toHaveLength(1);
    expect(resources["HeartbeatLambdaFunction"]?.Properties).toEqual(named("heartbeat"));
  });

  it("has GET and HEAD of the documented routes, and no route for any path or method", () => {
    const routes = allOf("AWS::ApiGatewayV2::Route").map(({ Properties }) => Properties.RouteKey);

    expect(routes).toEqual(
      expect.arrayContaining(
        [
          ...["/", "/badge.json", "/badge.svg", "/beats", "/beats/history", "/feed.atom", "/health"],
          ...["/metrics", "/openapi.json", "/ping", "/status"],
        ].flatMap((path) => [`GET ${path}`, `HEAD ${path}`]),
      ),
    );
    expect(routes.filter((route) => /^(\$default|ANY )|\+\}/.test(route))).toEqual([]);
  });

  it("has the on-demand table of beats with the keys pk and sk", () => {
    expect(resources["BeatsTable"]?.Properties).toMatchObject({
      TableName: "heartbeat-dev-beats",
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      AttributeDefinitions: [
        { AttributeName: "pk", AttributeType: "S" },
        { AttributeName: "sk", AttributeType: "S" },
      ],
    });
  });
});

describe("the packaged zips", needs("node-24"), () => {
  let engine: Engine;
  let node: string;
  beforeAll(async () => {
    [engine, node] = await Promise.all([startEngine("embedded"), node24()]);
    await createTable(engine.url, resources["BeatsTable"]?.Properties);
  });
  afterAll(() => engine.stop());

  it.each(FUNCTIONS)("contain only the bundle of %s", (name) => {
    expect(Object.keys(contentOf(name))).toEqual([`dist/${name}.mjs`]);
  });

  it("count a minute once and return the count, unpacked to empty folders, on Node 24", async () => {
    const time = freshTime();
    const counted = (answer: boolean) => ({ counted: answer, minute: minuteOf(time) });

    const heartbeat = await invoke("heartbeat", [tickAt(time), tickAt(time)]);
    const beats = await invoke("beats", [{}]);

    expect(heartbeat).toEqual({ code: 0, stderr: "", answers: [counted(true), counted(false)] });
    expect(beats).toEqual({ code: 0, stderr: "", answers: [reply('{"payload":1}')] });
    const pulse = await invoke("pulse", [{ routeKey: "GET /status" }]);
    expect(JSON.parse(pulse.answers[0].body)).toMatchObject({
      beats: 1,
      rules: { lateAfter: 150, downAfter: 270 },
    });
    const history = await invoke("pulse", [
      { routeKey: "GET /beats/history", rawQueryString: "step=day&limit=1" },
      { routeKey: "HEAD /beats/history", rawQueryString: "step=week" },
    ]);
    expect(history).toMatchObject({
      code: 0,
      stderr: "",
      answers: [{ statusCode: 200 }, { statusCode: 400 }],
    });
  });

  it("call NOTIFY_URL for a counted beat, on Node 24", async () => {
    await using receiver = await startReceiver();
    const environment = { ...named("heartbeat").Environment.Variables, NOTIFY_URL: receiver.url };

    const { code, stderr, answers } = await invoke("heartbeat", [{}, {}], environment);

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    // The second beat can be of the next minute.
    expect(receiver.calls).toHaveLength(
      answers.filter(({ counted }: { counted: boolean }) => counted).length,
    );
    expect(answers[0]).toMatchObject({ counted: true });
  });

  it("fail to load heartbeat with an invalid NOTIFY_URL, and name the variable", async () => {
    const environment = { ...named("heartbeat").Environment.Variables, NOTIFY_URL: SECRET };

    const { code, stderr } = await invoke("heartbeat", [{}], environment);

    expect(code).not.toBe(0);
    expect(stderr).toContain("NOTIFY_URL must be an https URL");
    expect(stderr).not.toContain(SECRET);
  });

  it("return PONG without a table or a database", async () => {
    const ping = await invoke("ping", [{}], {});

    expect(ping).toEqual({ code: 0, stderr: "", answers: [reply('{"payload":"PONG"}')] });
  });

  it.each(["heartbeat", "beats", "pulse", "settings"])(
    "fail to load %s without BEATS_TABLE, and name the variable",
    async (name) => {
      const { code, stderr } = await invoke(name, [{}], {});

      expect(code).not.toBe(0);
      expect(stderr).toContain("BEATS_TABLE");
    },
  );

  const reply = (body: string) => ({
    statusCode: 200,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
    body,
  });

  const contentOf = (name: string) => unzipSync(readFileSync(join(folder, `${name}.zip`)));

  /** Runs a function like Lambda: the zip in an empty folder, the handler by its name in the template. */
  const invoke = async (name: string, events: unknown[], environment?: Record<string, string>) => {
    const home = createFolder();
    for (const [path, content] of Object.entries(contentOf(name))) {
      mkdirSync(join(home, dirname(path)), { recursive: true });
      writeFileSync(join(home, path), content);
    }
    const [file, handler] = named(name).Handler.split(".");
    const script = `
      const { ${handler}: handle } = await import("./${file}.mjs");
      const answers = [];
      for (const event of ${JSON.stringify(events)}) answers.push(await handle(event, { awsRequestId: "1" }));
      console.log("answers " + JSON.stringify(answers));`;
    const { code, lines, stderr } = await run([node, "--input-type=module", "--eval", script], {
      folder: home,
      env: {
        AWS_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
        AWS_ENDPOINT_URL_DYNAMODB: engine.url,
        ...(environment ?? named(name).Environment.Variables),
      },
    });
    const answers = lines.find((line) => line.startsWith("answers "))?.slice("answers ".length) ?? "[]";
    return { code, stderr, answers: JSON.parse(answers) };
  };
});
