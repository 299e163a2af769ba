import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactWriteCommand,
} from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { requestOptions } from "./client.ts";
import { toStoreError } from "./faults.ts";
import { PARTITION, type Row, type RowRange } from "./keys.ts";

/** A table and the client for it. */
export interface Table {
  db: DynamoDBDocumentClient;
  name: string;
}

/** Reads one row consistently. @throws StoreUnavailableError, StoreRefusedError */
export const getRow = async ({ db, name }: Table, sk: string, what: string): Promise<Row | undefined> => {
  const get = new GetCommand({ TableName: name, Key: { pk: PARTITION, sk }, ConsistentRead: true });
  const { Item } = await db.send(get, requestOptions()).catch((cause) => {
    throw toStoreError(`the ${what} could not be read`, cause, {
      table: name,
      actions: ["dynamodb:GetItem"],
    });
  });
  return Item;
};

/** Creates or replaces one row of any partition. @throws StoreUnavailableError, StoreRefusedError */
export const putRow = async ({ db, name }: Table, pk: string, sk: string, row: Row): Promise<void> => {
  const put = new PutCommand({ TableName: name, Item: { ...row, pk, sk } });
  await db.send(put, requestOptions()).catch((cause) => {
    throw toStoreError(`the row ${sk} could not be stored`, cause, {
      table: name,
      actions: ["dynamodb:PutItem"],
    });
  });
};

/** Reads rows by their sort keys, consistently, all ranges at once. @throws StoreUnavailableError, StoreRefusedError */
export const readRows = async (
  table: Table,
  ranges: readonly RowRange[],
  what: string,
): Promise<ReadonlyMap<string, Row>> => {
  const rows = await Promise.all(ranges.map((range) => query(table, range))).catch((cause) => {
    const needs = { table: table.name, actions: ["dynamodb:Query"] };
    throw toStoreError(`the ${what} could not be read`, cause, needs);
  });
  return new Map(rows.flat());
};

/** A range of more than a megabyte, such as thousands of pauses, needs several pages; all share one time limit. */
const query = async (
  { db, name }: Table,
  { range: [first, last], newest }: RowRange,
): Promise<[string, Row][]> => {
  const rows: [string, Row][] = [];
  const options = requestOptions();
  const input: QueryCommandInput = {
    TableName: name,
    KeyConditionExpression: "pk = :pk AND sk BETWEEN :first AND :last",
    ExpressionAttributeValues: { ":pk": PARTITION, ":first": first, ":last": last },
    ConsistentRead: true,
  };
  if (newest !== undefined) Object.assign(input, { ScanIndexForward: false, Limit: newest });
  do {
    const { Items = [], LastEvaluatedKey } = await db.send(new QueryCommand(input), options);
    for (const { pk, sk, ...row } of Items) rows.push([String(sk), row]);
    input.ExclusiveStartKey = newest === undefined ? LastEvaluatedKey : undefined;
  } while (input.ExclusiveStartKey !== undefined);
  return rows;
};

/** A condition on a row. */
export interface Condition {
  expression: string;
  names?: Record<string, string>;
  values?: Record<string, unknown>;
}

/** Requires that the attributes have these values; undefined: absent. */
export const expectAttributes = (seen: Record<string, unknown>): Condition => {
  const attributes = Object.entries(seen);
  const present = attributes.filter(([, value]) => value !== undefined);
  return {
    expression: attributes
      .map(([name, value]) =>
        value === undefined ? `attribute_not_exists(#${name})` : `#${name} = :${name}`,
      )
      .join(" AND "),
    names: Object.fromEntries(attributes.map(([name]) => [`#${name}`, name])),
    values: Object.fromEntries(present.map(([name, value]) => [`:${name}`, value])),
  };
};

/** A write of one row: `put` replaces the row, `update` changes it. */
export type Write = { row: string; condition?: Condition } & (
  | { put: Record<string, unknown> }
  | { update: string; names?: Record<string, string>; values: Record<string, unknown> }
);

/** The names or values that an expression uses: DynamoDB rejects others. */
export const usedIn = <Value>(expression: string, all: Record<string, Value>): Record<string, Value> =>
  Object.fromEntries(Object.entries(all).filter(([name]) => expression.includes(name)));

/** Adds to attributes of a row, each of which begins with 0. */
export const addSums = ([row, sums]: readonly [string, Record<string, number>]): Write => {
  const entries = Object.entries(sums);
  return {
    row,
    update: `ADD ${entries.map((_, n) => `#sum${n} :sum${n}`).join(", ")}`,
    names: Object.fromEntries(entries.map(([name], n) => [`#sum${n}`, name])),
    values: Object.fromEntries(entries.map(([, sum], n) => [`:sum${n}`, sum])),
  };
};

/** For each write, whether its condition failed, and the row that it met. */
export type FailedConditions = { failed: boolean; row: Row | undefined }[];

/**
 * Makes all writes in one transaction. Returns undefined on success, else which conditions failed; then nothing is
 * written.
 * @throws the SDK's error for every other failure
 */
export const writeRows = async (
  { db, name }: Table,
  writes: readonly Write[],
): Promise<FailedConditions | undefined> => {
  const TransactItems = writes.map((write) => toTransactItem(name, write));
  try {
    await db.send(new TransactWriteCommand({ TransactItems }), requestOptions());
    return undefined;
  } catch (error) {
    const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
    const conditions = reasons.map(({ Code, Item }) => ({
      failed: Code === "ConditionalCheckFailed",
      row: Item && unmarshall(Item),
    }));
    if (conditions.some(({ failed }) => failed)) return conditions;
    throw error;
  }
};

const toTransactItem = (TableName: string, { row, condition, ...write }: Write) => {
  const key = { pk: PARTITION, sk: row };
  const update = "update" in write ? write : undefined;
  const common = {
    TableName,
    ConditionExpression: condition?.expression,
    ExpressionAttributeNames: unlessEmpty({ ...condition?.names, ...update?.names }),
    ExpressionAttributeValues: unlessEmpty({ ...condition?.values, ...update?.values }),
    ReturnValuesOnConditionCheckFailure: "ALL_OLD" as const,
  };
  return "put" in write
    ? { Put: { ...common, Item: { ...key, ...write.put } } }
    : { Update: { ...common, Key: key, UpdateExpression: write.update } };
};

/** DynamoDB rejects an empty map. */
const unlessEmpty = <Value>(map: Record<string, Value>): Record<string, Value> | undefined =>
  Object.keys(map).length === 0 ? undefined : map;
