import { describe, expect, test } from "vitest";
import { loadTables, type Service } from "../../../../tools/local/database/declared-tables.ts";

const KEY = {
  AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" as const }],
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" as const }],
};
const TABLE = "AWS::DynamoDB::Table";
const BEATS = { Type: TABLE, Properties: { TableName: "shop-dev-beats", ...KEY } };

const createService = (resources: object = {}, environment = {}): Service => ({
  service: "shop",
  provider: { stage: "dev", region: "eu-west-1", environment: { BEATS_TABLE: "shop-dev-beats" } },
  functions: { orders: { environment }, ping: {} },
  resources: { Resources: { BeatsTable: BEATS, ...resources } },
});

const namesOf = (service: Service) => loadTables(service).map(({ input }) => input.TableName);

describe("loadTables", () => {
  test("returns the tables among the resources", () => {
    const Orders = { Type: TABLE, Properties: { TableName: "orders", ...KEY } };

    expect(loadTables(createService({ Queue: { Type: "AWS::SQS::Queue" }, Orders }))).toEqual([
      { resource: "BeatsTable", input: { TableName: "shop-dev-beats", ...KEY }, ignored: [] },
      { resource: "Orders", input: { TableName: "orders", ...KEY }, ignored: [] },
    ]);
  });

  test.each([
    [{ "Fn::Sub": `\${AWS::StackName}-orders` }, "shop-dev-orders"],
    [{ "Fn::Sub": "orders" }, "orders"],
    [{ "Fn::Join": ["-", [{ Ref: "AWS::Region" }, "orders"]] }, "eu-west-1-orders"],
    [{ Ref: "AWS::StackName" }, "shop-dev"],
  ])("resolves the name %j to %s", (TableName, name) => {
    const Orders = { Type: TABLE, Properties: { TableName, ...KEY } };

    expect(namesOf(createService({ Orders }))).toEqual(["shop-dev-beats", name]);
  });

  test.each([
    [{ "Fn::Sub": `\${AWS::AccountId}-orders` }],
    [{ "Fn::Sub": [`\${Name}-orders`, { Name: "a" }] }],
    [{ "Fn::Join": ["-", [{ "Fn::GetAtt": ["A", "B"] }, "orders"]] }],
    [{ "Fn::Join": "orders" }],
    [{ Ref: "Other" }],
    [7],
  ])("rejects the name %j and says what to write", (TableName) => {
    const Orders = { Type: TABLE, Properties: { TableName, ...KEY } };

    expect(() => loadTables(createService({ Orders }))).toThrow(
      `the table Orders in serverless.yml has the TableName ${JSON.stringify(TableName)}, which has no value without AWS: write a plain string such as \${self:service}-\${self:provider.stage}-orders`,
    );
  });

  test("rejects a table without a name", () => {
    expect(() => loadTables(createService({ Orders: { Type: TABLE, Properties: KEY } }))).toThrow(
      "the table Orders in serverless.yml has no TableName, which has no value without AWS",
    );
  });

  test("rejects a service in which no table is the one in BEATS_TABLE", () => {
    const Orders = { Type: TABLE, Properties: { TableName: "orders", ...KEY } };

    expect(() => loadTables(createService({ BeatsTable: Orders }))).toThrow(
      `no table in serverless.yml has the name shop-dev-beats of BEATS_TABLE: write TableName: \${self:custom.table} in cloud/table.yml`,
    );
  });

  test("rejects a service without resources", () => {
    const { resources, ...service } = createService();

    expect(() => loadTables(service)).toThrow("no table in serverless.yml has the name shop-dev-beats");
  });

  test("makes numbers of the strings in a throughput", () => {
    const throughput = { ReadCapacityUnits: "2", WriteCapacityUnits: 3 };
    const index = { IndexName: "a", KeySchema: KEY.KeySchema, Projection: { ProjectionType: "ALL" } };
    const Orders = {
      Type: TABLE,
      Properties: {
        ...{ TableName: "orders", ...KEY, ProvisionedThroughput: throughput },
        GlobalSecondaryIndexes: [{ ...index, ProvisionedThroughput: throughput, WarmThroughput: {} }],
      },
    };
    const [, table] = loadTables(createService({ Orders }));

    const numbers = { ReadCapacityUnits: 2, WriteCapacityUnits: 3 };
    expect(table?.input).toEqual({
      ...{ TableName: "orders", ...KEY, ProvisionedThroughput: numbers },
      GlobalSecondaryIndexes: [{ ...index, ProvisionedThroughput: numbers }],
    });
  });

  test("returns a global table as an on-demand table of one region", () => {
    const Properties = {
      ...{ TableName: "orders", ...KEY, BillingMode: "PROVISIONED" },
      ...{ Replicas: [{ Region: "eu-west-1" }], WriteProvisionedThroughputSettings: {} },
    };
    const Orders = { Type: "AWS::DynamoDB::GlobalTable", Properties };

    expect(loadTables(createService({ Orders }))[1]).toEqual({
      resource: "Orders",
      input: { TableName: "orders", ...KEY, BillingMode: "PAY_PER_REQUEST" },
      ignored: ["Replicas", "WriteProvisionedThroughputSettings"],
    });
  });

  test("names the settings without effect that code can notice, and no other", () => {
    const Properties = {
      ...{ TableName: "orders", ...KEY, Tags: [], DeletionProtectionEnabled: true },
      ...{ StreamSpecification: {}, TimeToLiveSpecification: {}, ImportSourceSpecification: {} },
    };
    const [, table] = loadTables(createService({ Orders: { Type: TABLE, Properties } }));

    expect(table?.ignored).toEqual([
      "StreamSpecification",
      "TimeToLiveSpecification",
      "ImportSourceSpecification",
    ]);
  });

  test("writes the names of tables into the variables that reference them, and leaves others", () => {
    const Orders = { Type: TABLE, Properties: { TableName: { "Fn::Sub": "orders" }, ...KEY } };
    const environment = { ORDERS: { Ref: "Orders" }, QUEUE: { Ref: "Queue" }, LEVEL: "info", NONE: null };

    loadTables(createService({ Orders }, environment));

    expect(environment).toEqual({ ORDERS: "orders", QUEUE: { Ref: "Queue" }, LEVEL: "info", NONE: null });
  });
});
