import { dynamoDbLocal } from "../../../tools/local/database/dynamodb-local.ts";
import { UserError } from "../../../tools/user-error.ts";
import { createFolder } from "../processes/checkout.ts";
import { eventually } from "../processes/eventually.ts";
import { freePort } from "../processes/ports.ts";
import { Program } from "../processes/program.ts";

/**
 * Starts DynamoDB Local with separate tables for each region and access key, like AWS, and stops it after the tests of the
 * file. Returns undefined if it cannot be installed, which is an error in CI.
 */
export const startTablesByRegion = async (): Promise<{ url: string } | undefined> => {
  try {
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
  } catch (error) {
    if (process.env["CI"] !== undefined || !(error instanceof UserError)) throw error;
    console.warn(`A test on DynamoDB Local is skipped: ${error.message}`);
    return undefined;
  }
};
