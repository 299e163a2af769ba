import { type DynamoDBDocumentClient, paginateQuery, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { PARTITION, type Row } from "../../../lib/dynamodb/table/keys.ts";
import type { Difference } from "./recount.ts";

/** Reads every row of the table by its sort key, consistently. */
export const readRows = async (db: DynamoDBDocumentClient, table: string): Promise<Map<string, Row>> => {
  const rows = new Map<string, Row>();
  const query = {
    TableName: table,
    KeyConditionExpression: "pk = :pk",
    ExpressionAttributeValues: { ":pk": PARTITION },
    ConsistentRead: true,
  };
  for await (const { Items = [] } of paginateQuery({ client: db }, query)) {
    for (const { pk, sk, ...row } of Items) rows.set(String(sk), row);
  }
  return rows;
};

/** Sets a sum to the recounted value. @throws ConditionalCheckFailedException if the stored value has changed */
export const correct = async (db: DynamoDBDocumentClient, table: string, difference: Difference) => {
  const { row, attribute, stored, counted } = difference;
  const values = Object.entries({ ":stored": stored, ":counted": counted });
  await db.send(
    new UpdateCommand({
      TableName: table,
      Key: { pk: PARTITION, sk: row },
      UpdateExpression: counted === undefined ? "REMOVE #sum" : "SET #sum = :counted",
      ConditionExpression: stored === undefined ? "attribute_not_exists(#sum)" : "#sum = :stored",
      ExpressionAttributeNames: { "#sum": attribute },
      ExpressionAttributeValues: Object.fromEntries(values.filter(([, value]) => value !== undefined)),
    }),
  );
};
