import { join } from "node:path";
import {
  DescribeTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCheckout, createFolder, replaceIn } from "../../support/processes/checkout.ts";
import { run } from "../../support/processes/program.ts";
import { type Service, startService } from "../../support/processes/service.ts";

const ORDERS = `
  Orders:
    Type: AWS::DynamoDB::Table
    Condition: OwnsTable
    Properties:
      TableName: !Sub \${AWS::StackName}-orders
      BillingMode: PROVISIONED
      ProvisionedThroughput: { ReadCapacityUnits: "1", WriteCapacityUnits: 1 }
      StreamSpecification: { StreamViewType: NEW_IMAGE }
      TimeToLiveSpecification: { AttributeName: expires, Enabled: true }
      Tags: [{ Key: team, Value: shop }]
      AttributeDefinitions:
        - { AttributeName: id, AttributeType: S }
        - { AttributeName: customer, AttributeType: S }
        - { AttributeName: placed, AttributeType: N }
      KeySchema:
        - { AttributeName: id, KeyType: HASH }
        - { AttributeName: customer, KeyType: RANGE }
      GlobalSecondaryIndexes:
        - IndexName: by-customer
          KeySchema:
            - { AttributeName: customer, KeyType: HASH }
            - { AttributeName: placed, KeyType: RANGE }
          Projection: { ProjectionType: INCLUDE, NonKeyAttributes: [total, note] }
          ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 }
      LocalSecondaryIndexes:
        - IndexName: by-date
          KeySchema:
            - { AttributeName: id, KeyType: HASH }
            - { AttributeName: placed, KeyType: RANGE }
          Projection: { ProjectionType: ALL }
`;

/** Creates a checkout with a second table, whose name the function ping gets by a reference. */
const createShop = (): string => {
  const folder = createCheckout();
  replaceIn(folder, ["cloud/table.yml"], "\nOutputs:", `${ORDERS}\nOutputs:`);
  replaceIn(
    folder,
    ["serverless.yml"],
    "    role: PingRole\n",
    "    role: PingRole\n    environment: { ORDERS_TABLE: !Ref Orders }\n",
  );
  replaceIn(folder, ["handlers/ping.ts"], '"PONG"', 'String(process.env["ORDERS_TABLE"])');
  return folder;
};

const connect = (endpoint: string) =>
  new DynamoDBClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });

describe.each(["embedded", "local"])("the local database with DYNAMODB=%s", (DYNAMODB) => {
  const folder = createShop();
  const env = { DYNAMODB, DYNAMODB_DATA: join(createFolder(), "data") };
  let service: Service;
  let client: DynamoDBClient;
  beforeAll(async () => {
    service = await startService({ folder, env });
    client = connect(service.databaseUrl);
  });
  afterAll(() => client?.destroy());

  it("has every table of serverless.yml", async () => {
    const { TableNames } = await client.send(new ListTablesCommand());

    expect(TableNames).toEqual(["heartbeat-dev-beats", "heartbeat-dev-orders"]);
    expect(service.program.lines().filter((line) => line.startsWith("table "))).toEqual([
      "table     heartbeat-dev-beats",
      "table     heartbeat-dev-orders",
    ]);
  });

  it("has the throughput and the indexes of a table", async () => {
    const { Table = {} } = await client.send(new DescribeTableCommand({ TableName: "heartbeat-dev-orders" }));

    expect(Table.ProvisionedThroughput).toMatchObject({ ReadCapacityUnits: 1, WriteCapacityUnits: 1 });
    expect(Table.GlobalSecondaryIndexes).toMatchObject([{ IndexName: "by-customer" }]);
    expect(Table.LocalSecondaryIndexes).toMatchObject([{ IndexName: "by-date" }]);
  });

  it("answers a query by an index", async () => {
    const order = {
      ...{ id: { S: "1" }, customer: { S: "ann" }, placed: { N: "7" }, total: { N: "3" } },
      secret: { S: "not projected" },
    };
    await client.send(new PutItemCommand({ TableName: "heartbeat-dev-orders", Item: order }));

    const { Items } = await client.send(
      new QueryCommand({
        TableName: "heartbeat-dev-orders",
        IndexName: "by-customer",
        KeyConditionExpression: "customer = :customer AND placed > :date",
        ExpressionAttributeValues: { ":customer": { S: "ann" }, ":date": { N: "6" } },
      }),
    );

    const { secret, ...projected } = order;
    expect(Items).toEqual([projected]);
  });

  it("ignores streams and time to live with one line that names them", () => {
    const ignoring = service.program.lines().filter((line) => line.includes("ignores"));

    expect(ignoring).toEqual([
      "The local table heartbeat-dev-orders ignores StreamSpecification, TimeToLiveSpecification",
    ]);
  });

  it("gives a function the name of a table that its environment references", async () => {
    const { body } = await service.request("GET", "/ping");
    const { output } = await run(["npx", "sls", "invoke", "local", "-f", "ping"], {
      folder,
      env: { DYNAMODB },
    });

    expect(body.toString()).toBe('{"payload":"heartbeat-dev-orders"}');
    expect(output).toContain('"body": "{\\"payload\\":\\"heartbeat-dev-orders\\"}"');
  });

  it("opens its data folder again, and refuses it when an index has changed", async () => {
    await service.stop();
    const invoke = () => run(["npx", "sls", "invoke", "local", "-f", "ping"], { folder, env });

    const again = await invoke();
    replaceIn(folder, ["cloud/table.yml"], "by-customer", "by-buyer");
    const changed = await invoke();

    expect([again.code, changed.code]).toEqual([0, 1]);
    expect(changed.lines.at(-1)).toMatch(
      /^the table heartbeat-dev-orders in the database at http:\S+ has other GlobalSecondaryIndexes than serverless\.yml: choose another folder in DYNAMODB_DATA or another database, or change serverless\.yml back$/,
    );
    expect(changed.left).toEqual([]);
  });
});

describe("a table of beats whose resource has another name than BeatsTable", () => {
  const folder = createCheckout();
  replaceIn(folder, ["cloud/table.yml"], "BeatsTable:", "Beats:");

  it("is created locally", async () => {
    const { code, output } = await run(["npx", "sls", "invoke", "local", "-f", "beats"], {
      folder,
      env: { DYNAMODB: "embedded" },
    });

    expect(output).toContain('"body": "{\\"payload\\":0}"');
    expect(code).toBe(0);
  });

  it("is refused by sls package with the name to use", async () => {
    const { code, lines } = await run(["npx", "sls", "package"], { folder });

    expect(lines.at(-1)).toMatch(/^serverless\.yml has no resource BeatsTable: give the table of beats this/);
    expect(code).toBe(1);
  });
});

it("an existing table is created locally, although the stack does not create it", async () => {
  const options = ["-f", "beats", "--param=existingTable=beats-restored"];
  const { code, output } = await run(["npx", "sls", "invoke", "local", ...options], {
    folder: createCheckout(),
    env: { DYNAMODB: "embedded" },
  });

  expect(output).toContain('"body": "{\\"payload\\":0}"');
  expect(code).toBe(0);
});
