import { dynamoDbLocal } from "../../../tools/local/database/dynamodb-local.ts";
import { createFolder } from "../processes/checkout.ts";
import { eventually } from "../processes/eventually.ts";
import { freePort } from "../processes/ports.ts";
import { Program } from "../processes/program.ts";

/**
 * Starts DynamoDB Local with separate tables for each region and access key, like AWS, and stops it after the tests of the
 * file.
 */
export const startTablesByRegion = async (): Promise<{ url: string }> => {
  const commandFor = await dynamoDbLocal(console.log);
  const port = await freePort();
  const { command, args } = commandFor(port, undefined);
  const program = new Program([command, ...args.filter((arg) => arg !== "-sharedDb")], {
    folder: createFolder(),
  });
  const url = `http://127.0.0.1:${port}`;
  const isUp = () =>
    fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
      () => true,
      () => false,
    );
  if (await eventually(isUp, 60_000)) return { url };
  throw new Error(`DynamoDB Local did not start; its output:\n${program.output()}`);
};
