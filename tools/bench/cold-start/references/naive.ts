import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand } from "@aws-sdk/lib-dynamodb";

/** `/beats` as most would write it. */
const db = DynamoDBDocumentClient.from(new DynamoDBClient());

export const handler = async () => {
  const { Item } = await db.send(
    new GetCommand({
      TableName: process.env["BEATS_TABLE"],
      Key: { pk: "heart", sk: "live" },
      ConsistentRead: true,
    }),
  );
  return {
    statusCode: 200,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
    body: JSON.stringify({ payload: Item?.["beats"] ?? 0 }),
  };
};
