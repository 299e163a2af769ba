import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  ResourceInUseException,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { UserError } from "../../user-error.ts";

/** Creates the table from the resource in serverless.yml, unless it exists. @throws UserError if that fails */
export const createTable = async (url: string, resource: CreateTableCommandInput): Promise<void> => {
  const { TableName, AttributeDefinitions, KeySchema, BillingMode } = resource;
  const client = new DynamoDBClient({
    endpoint: url,
    maxAttempts: 3,
    requestHandler: { requestTimeout: 5_000, throwOnRequestTimeout: true },
  });
  try {
    await client
      .send(new CreateTableCommand({ TableName, AttributeDefinitions, KeySchema, BillingMode }))
      .catch((error) => {
        if (!(error instanceof ResourceInUseException)) throw error;
      });
    await waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 1, maxDelay: 1 }, { TableName });
  } catch (error) {
    const why = String(error instanceof Error ? error.message || error.name : error).replace(/\.+$/, "");
    throw new UserError(
      `DynamoDB at ${new URL(url).origin} does not respond or rejects the table ${TableName}: ${why}. Start it, or set AWS_ENDPOINT_URL_DYNAMODB to another URL, or leave it unset`,
    );
  } finally {
    client.destroy();
  }
};
