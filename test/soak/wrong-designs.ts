import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  TransactWriteCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { StoreUnavailableError } from "../../lib/domain/errors.ts";
import type { Minute } from "../../lib/domain/minute.ts";
import type { Design, Tick } from "./service-design.ts";

interface Beat extends Tick {
  minute: Minute;
}

/** Adds a beat to the total. @throws ConditionalCheckFailedException if the beat is a duplicate */
type Count = (db: DynamoDBDocumentClient, table: string, beat: Beat) => Promise<unknown>;

const TOTAL = { pk: "heart", sk: "live" };
const addOne = { Key: TOTAL, UpdateExpression: "ADD beats :one", ExpressionAttributeValues: { ":one": 1 } };

const COUNTS: Record<string, Count> = {
  "plain ADD": (db, TableName) => db.send(new UpdateCommand({ TableName, ...addOne })),

  "the last id, compared": (db, TableName, { id }) =>
    db.send(
      new UpdateCommand({
        TableName,
        Key: TOTAL,
        UpdateExpression: "SET lastId = :id ADD beats :one",
        ConditionExpression: "attribute_not_exists(lastId) OR lastId <> :id",
        ExpressionAttributeValues: { ":one": 1, ":id": id },
      }),
    ),

  "the last minute, as a watermark": (db, TableName, { minute }) =>
    db.send(
      new UpdateCommand({
        TableName,
        Key: TOTAL,
        UpdateExpression: "SET lastMinute = :minute ADD beats :one",
        ConditionExpression: "attribute_not_exists(lastMinute) OR lastMinute < :minute",
        ExpressionAttributeValues: { ":one": 1, ":minute": minute },
      }),
    ),

  "a marker, then ADD": async (db, TableName, { minute }) => {
    const Item = { pk: "heart", sk: `minute#${minute}` };
    await db.send(new PutCommand({ TableName, Item, ConditionExpression: "attribute_not_exists(pk)" }));
    await db.send(new UpdateCommand({ TableName, ...addOne }));
  },

  "a transaction, guarded by its token alone": (db, TableName, { id }) =>
    db.send(
      new TransactWriteCommand({
        TransactItems: [{ Update: { TableName, ...addOne } }],
        ClientRequestToken: id,
      }),
    ),
};

const toDesign =
  (count: Count): Design =>
  (db, table) => ({
    async deliver(tick) {
      const minute = `${tick.time.slice(0, 16)}Z`;
      try {
        await count(db, table, { ...tick, minute });
        return { counted: true, minute };
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return { counted: false, minute };
        throw new StoreUnavailableError("the beat could not be recorded", error);
      }
    },
    async total() {
      const get = new GetCommand({ TableName: table, Key: TOTAL, ConsistentRead: true });
      const { Item = { beats: 0 } } = await db.send(get).catch((cause) => {
        throw new StoreUnavailableError("the beats could not be read", cause);
      });
      return Number(Item["beats"]);
    },
  });

/** Designs that look right and are wrong. The soak test must detect each of them. */
export const WRONG_DESIGNS: [name: string, Design][] = Object.entries(COUNTS).map(([name, count]) => [
  name,
  toDesign(count),
]);
