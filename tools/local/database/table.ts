import { isDeepStrictEqual } from "node:util";
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  type TableDescription,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { messageOf, UserError } from "../../user-error.ts";
import type { DeclaredTable } from "./declared-tables.ts";

/**
 * Creates the tables that don't exist, and prints which of their settings have no effect.
 * @throws UserError if that fails, or if a table exists with other keys or indexes
 */
export const createTables = async (
  url: string,
  tables: readonly DeclaredTable[],
  say: (line: string) => void,
): Promise<void> => {
  for (const { input, ignored } of tables) {
    if (ignored.length > 0) say(`The local table ${input.TableName} ignores ${ignored.join(", ")}`);
  }
  await Promise.all(tables.map(({ input }) => createTable(url, input)));
};

/**
 * Creates the table unless it exists. Reads only the settings that every local engine has.
 * @throws UserError if that fails, or if the table exists with other keys or indexes
 */
export const createTable = async (url: string, table: CreateTableCommandInput): Promise<void> => {
  const { TableName, AttributeDefinitions, KeySchema, BillingMode, ProvisionedThroughput } = table;
  const { GlobalSecondaryIndexes, LocalSecondaryIndexes } = table;
  const client = new DynamoDBClient({
    endpoint: url,
    maxAttempts: 3,
    requestHandler: { requestTimeout: 5_000, throwOnRequestTimeout: true },
  });
  const input = {
    ...{ TableName, AttributeDefinitions, KeySchema, BillingMode, ProvisionedThroughput },
    ...{ GlobalSecondaryIndexes, LocalSecondaryIndexes },
  };
  try {
    await client.send(new CreateTableCommand(input)).catch(async (error) => {
      if (!(error instanceof ResourceInUseException)) throw error;
      const { Table = {} } = await client.send(new DescribeTableCommand({ TableName }));
      requireSameSchema(url, table, Table);
    });
    await waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 1, maxDelay: 1 }, { TableName });
  } catch (error) {
    if (error instanceof UserError) throw error;
    const why = (messageOf(error) || String(error)).replace(/\.+$/, "");
    throw new UserError(
      `DynamoDB at ${new URL(url).origin} does not respond or rejects the table ${TableName}: ${why}. Start it, or set AWS_ENDPOINT_URL_DYNAMODB to another URL, or leave it unset`,
    );
  } finally {
    client.destroy();
  }
};

const requireSameSchema = (url: string, declared: CreateTableCommandInput, stored: TableDescription) => {
  const [wanted, found] = [toSchema(declared), toSchema(stored)];
  const differing = Object.keys(wanted).filter(
    (key) => !isDeepStrictEqual(Reflect.get(wanted, key), Reflect.get(found, key)),
  );
  if (differing.length === 0) return;
  throw new UserError(
    `the table ${declared.TableName} in the database at ${new URL(url).origin} has other ${differing.join(" and ")} than serverless.yml: choose another folder in DYNAMODB_DATA or another database, or change serverless.yml back`,
  );
};

/** The keys and indexes of a table, sorted, because their order has no meaning. */
const toSchema = (table: CreateTableCommandInput | TableDescription) => {
  const { AttributeDefinitions = [], KeySchema, GlobalSecondaryIndexes, LocalSecondaryIndexes } = table;
  return {
    AttributeDefinitions: AttributeDefinitions.map(
      ({ AttributeName, AttributeType }) => `${AttributeName} ${AttributeType}`,
    ).sort(),
    KeySchema: toKeys(KeySchema),
    GlobalSecondaryIndexes: toIndexes(GlobalSecondaryIndexes),
    LocalSecondaryIndexes: toIndexes(LocalSecondaryIndexes),
  };
};

type Index = Pick<
  NonNullable<TableDescription["LocalSecondaryIndexes"]>[number],
  "IndexName" | "KeySchema" | "Projection"
>;

const toIndexes = (indexes: readonly Index[] = []): string[] =>
  indexes
    .map(({ IndexName, KeySchema, Projection: { ProjectionType, NonKeyAttributes = [] } = {} }) =>
      [IndexName, ...toKeys(KeySchema), ProjectionType, ...[...NonKeyAttributes].sort()].join(" "),
    )
    .sort();

const toKeys = (keys: Index["KeySchema"] = []): string[] =>
  keys.map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`).sort();
