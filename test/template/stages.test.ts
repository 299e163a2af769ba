import { describe, expect, inject, test } from "vitest";
import { allOf, readFunctions, readNames, readTemplate } from "../support/aws/template.ts";
import { createCheckout } from "../support/processes/checkout.ts";
import { run } from "../support/processes/program.ts";

const dev = readTemplate(inject("packages").dev);
const { service, metricsNamespace } = readNames(inject("packages").dev);
const prod = readTemplate(inject("packages").prod);
const withParams = readTemplate(inject("packages").withParams);
const functions = readFunctions(inject("packages").dev);

describe("stage dev", () => {
  test("retains no resource when it is removed", () => {
    const kept = Object.entries(dev.Resources).filter(([, { DeletionPolicy, UpdateReplacePolicy }]) =>
      [DeletionPolicy, UpdateReplacePolicy].some((policy) => policy !== undefined && policy !== "Delete"),
    );

    expect(kept).toEqual([]);
  });

  test("has a table without deletion protection or backup, which is deleted with the stage", () => {
    expect(dev.Resources["BeatsTable"]).toMatchObject({
      DeletionPolicy: "Delete",
      UpdateReplacePolicy: "Delete",
      Properties: {
        DeletionProtectionEnabled: false,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
      },
    });
  });
});

describe("stage prod", () => {
  test("retains only its table, protected and backed up, when it is removed", () => {
    expect(prod.Resources["BeatsTable"]).toMatchObject({
      DeletionPolicy: "Retain",
      UpdateReplacePolicy: "Retain",
      Properties: {
        TableName: `${service}-prod-beats`,
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      },
    });
    const kept = Object.entries(prod.Resources).filter(
      ([, { DeletionPolicy }]) => DeletionPolicy === "Retain",
    );
    expect(kept.map(([name]) => name)).toEqual(["BeatsTable"]);
  });

  test("differs from dev only in names and in the protection of the table", () => {
    const nameless = (resources: object) =>
      JSON.parse(
        JSON.stringify(resources)
          .replaceAll(/"S3Key":"[^"]+"/g, "")
          .replaceAll(/,}/g, "}")
          .replaceAll(/\b(heartbeat-)?(dev|prod)(-heartbeat)?\b/g, "<stage>"),
      );
    const { BeatsTable: devTable, ...devOthers } = nameless(dev.Resources);
    const { BeatsTable: prodTable, ...prodOthers } = nameless(prod.Resources);

    expect(prodOthers).toEqual(devOthers);
    expect(prodTable.Properties.KeySchema).toEqual(devTable.Properties.KeySchema);
  });
});

describe("each stage", () => {
  test("creates its table unless an existing table is named", () => {
    for (const { Resources } of [dev, prod, withParams])
      expect(Resources["BeatsTable"]?.Condition).toBe("OwnsTable");
    expect(dev.Conditions["OwnsTable"]).toEqual({ "Fn::Equals": ["", ""] });
    expect(prod.Conditions["OwnsTable"]).toEqual({ "Fn::Equals": ["", ""] });
    expect(withParams.Conditions["OwnsTable"]).toEqual({ "Fn::Equals": ["beats-restored", ""] });
  });

  test("passes the name of the existing table to its functions", () => {
    const tables = allOf(withParams, "AWS::Lambda::Function").map(
      ([, { Properties }]) => Properties.Environment.Variables.BEATS_TABLE,
    );

    expect(new Set(tables)).toEqual(new Set(["beats-restored"]));
    expect(withParams.Outputs["BeatsTableName"]?.Value).toBe("beats-restored");
  });

  test("reserves concurrency only for heartbeat, and only when the parameter is set", () => {
    const reserved = (template: typeof dev) =>
      allOf(template, "AWS::Lambda::Function").flatMap(([name, { Properties }]) =>
        Properties.ReservedConcurrentExecutions === undefined
          ? []
          : [[name, Properties.ReservedConcurrentExecutions]],
      );

    expect(reserved(dev)).toEqual([]);
    expect(reserved(withParams)).toEqual([["HeartbeatLambdaFunction", 2]]);
  });

  test.each([
    ["dev", dev, { EVERY: "1", LATE_AFTER: "150", DOWN_AFTER: "270" }, ""],
    ["prod", prod, { EVERY: "1", LATE_AFTER: "150", DOWN_AFTER: "270" }, ""],
    [
      "prod with params",
      withParams,
      { EVERY: "1", LATE_AFTER: "180", DOWN_AFTER: "600" },
      "https://hc.example.org/2c41?rid=7",
    ],
  ])(
    "%s passes its thresholds to heartbeat, pulse and settings, and notifyUrl to heartbeat",
    (_, template, thresholds, NOTIFY_URL) => {
      const variablesOf = (name: string) =>
        template.Resources[`${name}LambdaFunction`]?.Properties.Environment.Variables ?? {};
      const common = variablesOf("Ping");

      expect(Object.keys(common)).not.toContain("LATE_AFTER");
      expect(variablesOf("Beats")).toEqual(common);
      expect(variablesOf("Heartbeat")).toEqual({ ...common, ...thresholds, NOTIFY_URL });
      expect(variablesOf("Pulse")).toEqual({ ...common, ...thresholds });
      expect(variablesOf("Settings")).toEqual({ ...common, ...thresholds });
      const notified = allOf(template, "AWS::Lambda::Function").filter(
        ([, { Properties }]) => "NOTIFY_URL" in Properties.Environment.Variables,
      );
      expect(notified.map(([name]) => name)).toEqual(["HeartbeatLambdaFunction"]);
    },
  );

  test.each([
    ["dev", dev],
    ["prod", prod],
  ])("%s tells each function its service, its stage and the namespace of its metrics", (stage, template) => {
    for (const [, { Properties }] of allOf(template, "AWS::Lambda::Function"))
      expect(Properties.Environment.Variables).toMatchObject({
        SERVICE: service,
        STAGE: stage,
        METRICS_NAMESPACE: metricsNamespace,
      });
  });

  test("keeps the log of each function and of the API for 30 days", () => {
    const groups = [
      ...functions.map(([, { name }]) => `/aws/lambda/${name}`),
      `/aws/vendedlogs/http-api/${service}-dev`,
    ];

    expect(allOf(dev, "AWS::Logs::LogGroup").map(([, { Properties }]) => Properties)).toEqual(
      expect.arrayContaining(groups.map((LogGroupName) => ({ LogGroupName, RetentionInDays: 30 }))),
    );
  });

  test("gives every resource a name that AWS accepts, even for the longest name of a stage", () => {
    const longest = "s".repeat(64 - `${service}--heartbeat`.length);
    const limits: Record<string, [property: string, characters: number]> = {
      "AWS::Lambda::Function": ["FunctionName", 64],
      "AWS::Events::Rule": ["Name", 64],
      "AWS::DynamoDB::Table": ["TableName", 255],
      "AWS::CloudWatch::Alarm": ["AlarmName", 255],
      "AWS::Logs::LogGroup": ["LogGroupName", 512],
    };
    const lengths = Object.entries(limits).flatMap(([type, [property, characters]]) =>
      allOf(dev, type)
        // CloudFormation makes a name that fits if there is none.
        .filter(([, { Properties }]) => typeof Properties[property] === "string")
        .map(([name, { Properties }]) => ({
          name,
          left: characters - Properties[property].replace("-dev", `-${longest}`).length,
        })),
    );

    expect(lengths.length).toBeGreaterThan(15);
    expect(lengths.filter(({ left }) => left < 0)).toEqual([]);
    expect(lengths.find(({ name }) => name === "HeartbeatEventsRuleSchedule1")?.left).toBe(0);
  });

  test.each(functions)("describes %s in a sentence, and sets its memory and timeout", (name, definition) => {
    const wanted = `write description (a sentence), memorySize and timeout of ${name} in serverless.yml`;

    expect(definition, wanted).toMatchObject({
      description: expect.stringMatching(/^[A-Z].*\.$/),
      memorySize: expect.any(Number),
      timeout: expect.any(Number),
    });
    const [properties] = allOf(dev, "AWS::Lambda::Function")
      .map(([, { Properties }]) => Properties)
      .filter(({ FunctionName }) => FunctionName === definition.name);
    expect(properties).toMatchObject({
      Description: definition.description,
      MemorySize: definition.memorySize,
      Timeout: definition.timeout,
    });
  });

  test.each([
    ["Heartbeat", 256, 180],
    ["Ping", 128, 3],
    ["Beats", 256, 10],
    ["Pulse", 256, 20],
    ["Settings", 256, 90],
  ])("gives %s %i MB and %i seconds", (name, MemorySize, Timeout) => {
    expect(dev.Resources[`${name}LambdaFunction`]?.Properties).toMatchObject({ MemorySize, Timeout });
  });
});

describe("an invalid deployment parameter", () => {
  const folder = createCheckout();

  test.each([
    // Messages of the framework, which checks these options before it loads the plugin.
    { options: ["--stage", "a_b"], message: "Invalid stage name" },
    { options: ["--region", "mars"], message: "Configuration error at 'provider.region'" },
    { options: ["--stage", "PROD"], message: "invalid stage PROD" },
    { options: ["--param", "alarmEmail=me"], message: "invalid param alarmEmail=me" },
    {
      options: ["--param", "notifyUrl=hc"],
      message: "invalid param notifyUrl: it must be an https URL",
    },
    { options: ["--param", "alarmMail=me@example.org"], message: "unknown param alarmMail" },
  ])(
    "is rejected with a message that names it before anything is created: $options",
    async ({ options, message }) => {
      const { code, output } = await run(["npx", "sls", "deploy", ...options], {
        folder,
        env: { AWS_ENDPOINT_URL: "http://127.0.0.1:9" },
      });

      expect(output).toContain(message);
      expect(output).not.toMatch(/^\s+at /m);
      expect(code).toBe(1);
    },
  );
});
