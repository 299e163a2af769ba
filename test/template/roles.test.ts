import { describe, expect, inject, test } from "vitest";
import {
  allOf,
  arnOf,
  getAtt,
  type Resource,
  readNames,
  readTemplate,
  ref,
} from "../support/aws/template.ts";

const template = readTemplate(inject("packages").dev);
const { service } = readNames(inject("packages").dev);
const adopting = readTemplate(inject("packages").withParams);
const { Resources } = template;

const statementsOf = (role: Resource | undefined) =>
  role?.Properties.Policies.flatMap(
    (policy: { PolicyDocument: { Statement: unknown[] } }) => policy.PolicyDocument.Statement,
  );

const table = (name: string) => arnOf("dynamodb", `table/${name}`);
const logsTo = (group: string) => ({
  Effect: "Allow",
  Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
  Resource: getAtt(group),
});

describe("a function's role", () => {
  test.each(["Heartbeat", "Beats", "Pulse", "Settings", "Ping"])("belongs to %s alone", (name) => {
    expect(Resources[`${name}LambdaFunction`]?.Properties.Role).toEqual(getAtt(`${name}Role`));
  });

  test("is one of five, none of which is shared", () => {
    expect(
      allOf(template, "AWS::IAM::Role")
        .map(([name]) => name)
        .sort(),
    ).toEqual(["BeatsRole", "HeartbeatRole", "PingRole", "PulseRole", "SettingsRole"]);
    expect(Object.values(Resources).filter(({ Type }) => /^AWS::IAM::.*Policy$/.test(Type))).toEqual([]);
  });

  test.each(["Heartbeat", "Beats", "Pulse", "Settings", "Ping"])(
    "of %s is trusted to Lambda alone, and holds no managed policy",
    (name) => {
      const { AssumeRolePolicyDocument, Policies, ...others } = Resources[`${name}Role`]?.Properties ?? {};

      expect(AssumeRolePolicyDocument).toEqual({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
        ],
      });
      expect(Policies).toHaveLength(1);
      expect(others).toEqual({});
    },
  );

  test("allows heartbeat to update items, query the table, send to the dead-letter queue, and log", () => {
    expect(statementsOf(Resources["HeartbeatRole"])).toEqual([
      {
        Effect: "Allow",
        Action: ["dynamodb:UpdateItem", "dynamodb:Query"],
        Resource: table(`${service}-dev-beats`),
      },
      { Effect: "Allow", Action: "sqs:SendMessage", Resource: getAtt("DeadLetterQueue") },
      logsTo("HeartbeatLogGroup"),
    ]);
  });

  test("allows beats to get an item of the table, and log", () => {
    expect(statementsOf(Resources["BeatsRole"])).toEqual([
      { Effect: "Allow", Action: "dynamodb:GetItem", Resource: table(`${service}-dev-beats`) },
      logsTo("BeatsLogGroup"),
    ]);
  });

  test("allows pulse to query the table, and log", () => {
    expect(statementsOf(Resources["PulseRole"])).toEqual([
      { Effect: "Allow", Action: "dynamodb:Query", Resource: table(`${service}-dev-beats`) },
      logsTo("PulseLogGroup"),
    ]);
  });

  test("allows settings to query the table, put and update items, and log", () => {
    expect(statementsOf(Resources["SettingsRole"])).toEqual([
      {
        Effect: "Allow",
        Action: ["dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem"],
        Resource: table(`${service}-dev-beats`),
      },
      logsTo("SettingsLogGroup"),
    ]);
  });

  test("allows ping only to log", () => {
    expect(statementsOf(Resources["PingRole"])).toEqual([logsTo("PingLogGroup")]);
  });

  test("names the existing table when that parameter is set", () => {
    for (const role of ["HeartbeatRole", "BeatsRole", "PulseRole", "SettingsRole"])
      expect(statementsOf(adopting.Resources[role])[0].Resource).toEqual(table("beats-restored"));
  });
});

describe("permission to invoke a function", () => {
  const routesOfTheApi = {
    "Fn::Join": [
      "",
      [
        "arn:",
        ref("AWS::Partition"),
        ":execute-api:",
        ref("AWS::Region"),
        ":",
        ref("AWS::AccountId"),
        ":",
        ref("HttpApi"),
        "/*",
      ],
    ],
  };

  test("is granted to the rule for heartbeat, to the API for ping, beats and pulse, and to no service for settings", () => {
    const permissions = allOf(template, "AWS::Lambda::Permission").map(([, { Properties }]) => Properties);

    expect(permissions).toHaveLength(4);
    expect(permissions).toEqual(
      expect.arrayContaining([
        {
          FunctionName: getAtt("HeartbeatLambdaFunction"),
          Action: "lambda:InvokeFunction",
          Principal: "events.amazonaws.com",
          SourceArn: arnOf("events", `rule/${service}-dev-heartbeat`),
        },
        {
          FunctionName: getAtt("PingLambdaFunction"),
          Action: "lambda:InvokeFunction",
          Principal: "apigateway.amazonaws.com",
          SourceArn: routesOfTheApi,
        },
        {
          FunctionName: getAtt("BeatsLambdaFunction"),
          Action: "lambda:InvokeFunction",
          Principal: "apigateway.amazonaws.com",
          SourceArn: routesOfTheApi,
        },
        {
          FunctionName: getAtt("PulseLambdaFunction"),
          Action: "lambda:InvokeFunction",
          Principal: "apigateway.amazonaws.com",
          SourceArn: routesOfTheApi,
        },
      ]),
    );
  });
});

describe("only the API is public", () => {
  interface Statement {
    Effect: string;
    Principal?: unknown;
    Action: unknown;
    Resource?: unknown;
  }

  const statementsIn = (value: unknown): Statement[] => {
    if (typeof value !== "object" || value === null) return [];
    const own = "Statement" in value ? [value.Statement as Statement | Statement[]].flat() : [];
    return [...own, ...Object.values(value).flatMap(statementsIn)];
  };

  test.each(Object.values(inject("packages")))("no statement of $title allows a wildcard", (made) => {
    const allowed = statementsIn(readTemplate(made)).filter(({ Effect }) => Effect === "Allow");

    // Five trust policies, ten statements of the roles, one of the queue and one of the topic.
    expect(allowed).toHaveLength(17);
    for (const statement of allowed) expect(JSON.stringify(statement)).not.toContain("*");
  });

  test("no function has a function URL", () => {
    expect(allOf(template, "AWS::Lambda::Url")).toEqual([]);
  });

  test("the deployment bucket blocks public access, is versioned and encrypted, and denies plain HTTP", () => {
    expect(allOf(template, "AWS::S3::Bucket").map(([name]) => name)).toEqual(["ServerlessDeploymentBucket"]);
    expect(Resources["ServerlessDeploymentBucket"]?.Properties).toEqual({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      VersioningConfiguration: { Status: "Enabled" },
      LifecycleConfiguration: expect.anything(),
    });
    expect(Resources["ServerlessDeploymentBucketPolicy"]?.Properties.PolicyDocument.Statement).toEqual([
      expect.objectContaining({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": false } } }),
    ]);
  });

  test("the deployment bucket deletes old versions, which contain notifyUrl, after 7 days", () => {
    expect(Resources["ServerlessDeploymentBucket"]?.Properties.LifecycleConfiguration).toEqual({
      Rules: [
        {
          Id: "expire-old-deployments",
          Status: "Enabled",
          NoncurrentVersionExpiration: { NoncurrentDays: 7 },
          ExpiredObjectDeleteMarker: true,
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
        },
      ],
    });
  });
});
