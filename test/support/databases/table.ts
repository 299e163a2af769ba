import { randomUUID } from "node:crypto";
import type { CreateTableCommandInput } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { createDynamoClient } from "../../../lib/dynamodb/table/client.ts";
import { createTable } from "../../../tools/local/database/table.ts";

/** The keys of the table. A template test compares them with those in the package. */
const RESOURCE: CreateTableCommandInput = {
  TableName: "",
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: [
    { AttributeName: "pk", AttributeType: "S" },
    { AttributeName: "sk", AttributeType: "S" },
  ],
  KeySchema: [
    { AttributeName: "pk", KeyType: "HASH" },
    { AttributeName: "sk", KeyType: "RANGE" },
  ],
};

/** Creates a client for the database at `url`, with the settings that the functions use on Lambda. */
export const connect = (url: string): DynamoDBDocumentClient => {
  process.env["AWS_ENDPOINT_URL_DYNAMODB"] = url;
  return createDynamoClient();
};

const PATIENCE = 30_000;
/** With longer time limits than the functions, because an engine on a loaded machine can be slower than DynamoDB. */
export const connectPatiently = (url: string): DynamoDBDocumentClient => {
  const db = connect(url);
  const { requestHandler } = db.config;
  if (
    !("updateHttpClientConfig" in requestHandler && requestHandler.updateHttpClientConfig instanceof Function)
  )
    throw new Error("the request handler of the client has no time limits to set");
  for (const name of ["connectionTimeout", "requestTimeout", "socketTimeout"])
    requestHandler.updateHttpClientConfig(name, PATIENCE);
  return db;
};

/** Creates an empty table in the database at `url`. */
export const freshTable = async (url: string): Promise<{ db: DynamoDBDocumentClient; table: string }> => {
  const table = `test-${randomUUID()}`;
  await createTable(url, { ...RESOURCE, TableName: table });
  return { db: connectPatiently(url), table };
};

export type StoredRow = { sk: string } & Record<string, unknown>;

/** All rows in the order of their sort keys, without the partition key. */
export const storedRows = async (db: DynamoDBDocumentClient, table: string): Promise<StoredRow[]> => {
  const { Items = [] } = await db.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": "heart" },
      ConsistentRead: true,
    }),
  );
  return Items.map(({ pk, sk, ...row }) => ({ sk: String(sk), ...row }));
};

export const putRow = async (db: DynamoDBDocumentClient, table: string, row: StoredRow): Promise<void> => {
  await db.send(new PutCommand({ TableName: table, Item: { pk: "heart", ...row } }));
};
