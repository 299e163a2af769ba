import { isDeepStrictEqual } from "node:util";
import { describe, expect, inject, test } from "vitest";
import {
  allOf,
  arnOf,
  getAtt,
  type Resource,
  readFunctions,
  readNames,
  readTemplate,
  ref,
  resourceOf,
} from "../support/aws/template.ts";

const template = readTemplate(inject("packages").dev);
const { service } = readNames(inject("packages").dev);
const adopting = readTemplate(inject("packages").withParams);
const functions = readFunctions(inject("packages").dev);
const { Resources } = template;

interface Statement {
  Effect: string;
  Principal?: unknown;
  Action: string | string[];
  Resource?: unknown;
}

/**
 * The actions that the role of a function may allow, each only on a named resource of this type. Add a line for a function
 * that needs another action.
 */
const ALLOWED: Record<string, string> = {
  "dynamodb:DeleteItem": "AWS::DynamoDB::Table",
  "dynamodb:GetItem": "AWS::DynamoDB::Table",
  "dynamodb:PutItem": "AWS::DynamoDB::Table",
  "dynamodb:Query": "AWS::DynamoDB::Table",
  "dynamodb:UpdateItem": "AWS::DynamoDB::Table",
  "logs:CreateLogStream": "AWS::Logs::LogGroup",
  "logs:PutLogEvents": "AWS::Logs::LogGroup",
  "sqs:SendMessage": "AWS::SQS::Queue",
};

const statementsOf = (role: Resource | undefined) =>
  role?.Properties.Policies.flatMap(
    (policy: { PolicyDocument: { Statement: unknown[] } }) => policy.PolicyDocument.Statement,
  );

const table = (name: string) => arnOf("dynamodb", `table/${name}`);
const indexArnsOf = (
  name: string,
  { TableName, GlobalSecondaryIndexes = [], LocalSecondaryIndexes = [] }: IndexedTable,
) =>
  [...GlobalSecondaryIndexes, ...LocalSecondaryIndexes].flatMap(({ IndexName }) => [
    { "Fn::Sub": `\${${name}.Arn}/index/${IndexName}` },
    table(`${TableName}/index/${IndexName}`),
  ]);
interface IndexedTable {
  TableName: string;
  GlobalSecondaryIndexes?: { IndexName: string }[];
  LocalSecondaryIndexes?: { IndexName: string }[];
}

const logGroupOf = ({ name }: { name: string }): string =>
  allOf(template, "AWS::Logs::LogGroup").find(
    ([, { Properties }]) => Properties.LogGroupName === `/aws/lambda/${name}`,
  )?.[0] ?? "";
const logsTo = (group: string) => ({
  Effect: "Allow",
  Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
  Resource: getAtt(group),
});

describe("a function's role", () => {
  test.each(functions)("of %s is a resource of cloud/roles.yml", (_, definition) => {
    const { role = "" } = definition;

    expect(Resources[resourceOf(template, definition)]?.Properties.Role).toEqual(getAtt(role));
    expect(Resources[role]?.Type).toBe("AWS::IAM::Role");
  });

  test("belongs to one function", () => {
    const roles = allOf(template, "AWS::IAM::Role").map(([name]) => name);

    expect(roles.sort(), "give each function a role of its own in cloud/roles.yml").toEqual(
      functions.map(([, { role }]) => role).sort(),
    );
    expect(Object.values(Resources).filter(({ Type }) => /^AWS::IAM::.*Policy$/.test(Type))).toEqual([]);
  });

  test.each(functions)(
    "of %s is trusted to Lambda alone, and holds no managed policy",
    (_, { role = "" }) => {
      const { AssumeRolePolicyDocument, Policies, ...others } = Resources[role]?.Properties ?? {};

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

  test.each(functions)(
    "of %s allows only actions that are listed here, on named resources, and to write to its own log",
    (_, definition) => {
      const statements: Statement[] = statementsOf(Resources[definition.role ?? ""]);
      const tables = allOf(template, "AWS::DynamoDB::Table").map(([name, { Properties }]) => ({
        arns: [getAtt(name), table(Properties.TableName)],
        indexes: indexArnsOf(name, Properties),
      }));
      const named: Record<string, unknown[]> = {
        "AWS::DynamoDB::Table": tables.flatMap(({ arns, indexes }) => [...arns, ...indexes]),
        "AWS::Logs::LogGroup": [getAtt(logGroupOf(definition))],
        "AWS::SQS::Queue": allOf(template, "AWS::SQS::Queue").map(([name]) => getAtt(name)),
      };

      for (const { Action, Resource } of statements) {
        for (const action of [Action].flat()) {
          const type = ALLOWED[action];
          expect(type, `add ${action} with the type of its resource to ALLOWED`).toBeDefined();
          const which = `allow ${action} only on a table or queue of this stack, or on the function's own log group`;
          for (const each of [Resource].flat()) expect(named[type ?? ""], which).toContainEqual(each);
        }
      }
      expect(statements).toContainEqual(logsTo(logGroupOf(definition)));
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

  const granted = (FunctionName: unknown) =>
    allOf(template, "AWS::Lambda::Permission")
      .map(([, { Properties }]) => Properties)
      .filter((permission) => isDeepStrictEqual(permission.FunctionName, FunctionName));

  test.each(functions)(
    "%s is granted to the API if it has a route, to the rule if it has a schedule, and to no other",
    (name, definition) => {
      const FunctionName = getAtt(resourceOf(template, definition));
      const rule =
        name === "heartbeat" ? arnOf("events", `rule/${service}-dev-heartbeat`) : expect.anything();
      const has = (type: "httpApi" | "schedule") => definition.events.some((event) => type in event);

      expect(granted(FunctionName)).toEqual([
        ...(has("schedule") ? [permission(FunctionName, "events.amazonaws.com", rule)] : []),
        ...(has("httpApi") ? [permission(FunctionName, "apigateway.amazonaws.com", routesOfTheApi)] : []),
      ]);
    },
  );

  test("is granted for no other function", () => {
    const invocable = allOf(template, "AWS::Lambda::Permission").map(
      ([, { Properties }]) => Properties.FunctionName,
    );

    expect(functions.map(([, definition]) => getAtt(resourceOf(template, definition)))).toEqual(
      expect.arrayContaining(invocable),
    );
  });

  test("of settings is granted to no service", () => {
    expect(granted(getAtt("SettingsLambdaFunction"))).toEqual([]);
  });

  const permission = (FunctionName: unknown, Principal: string, SourceArn: unknown) => ({
    ...{ FunctionName, Action: "lambda:InvokeFunction", Principal, SourceArn },
  });
});

describe("only the API is public", () => {
  const statementsIn = (value: unknown): Statement[] => {
    if (typeof value !== "object" || value === null) return [];
    const own = "Statement" in value ? [value.Statement as Statement | Statement[]].flat() : [];
    return [...own, ...Object.values(value).flatMap(statementsIn)];
  };

  test.each(Object.values(inject("packages")))("no statement of $title allows a wildcard", (made) => {
    const allowed = statementsIn(readTemplate(made)).filter(({ Effect }) => Effect === "Allow");

    // Of each role the trust policy and the log, of the queue and of the topic one.
    expect(allowed.length).toBeGreaterThanOrEqual(functions.length * 2 + 2);
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
