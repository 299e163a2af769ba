import { inspect } from "node:util";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { isLoopback } from "../../../lib/beat/loopback.ts";
import { createDynamoClient } from "../../../lib/dynamodb/table/client.ts";
import { useMadeUpCredentials } from "../../local/environment/made-up-credentials.ts";
import { liveRecords } from "../../local/environment/run-record.ts";
import { loadSettings } from "../../local/environment/settings.ts";
import { exitWithError, UserError } from "../../user-error.ts";
import { readArguments } from "../command.ts";
import { type Difference, type Recount, recount } from "./recount.ts";
import { isThreshold } from "./stored-settings.ts";
import { correct, readRows } from "./table-io.ts";
import { target } from "./target.ts";

const USAGE =
  "npm run audit [-- --repair]: recounts the stored minutes and pauses and compares all sums with them; --repair corrects the sums. It reads the table of the service on PORT, or the table BEATS_TABLE of the database at AWS_ENDPOINT_URL_DYNAMODB, in the region AWS_REGION";

const main = async (args: string[]): Promise<void> => {
  const { repair = false } = readArguments(USAGE, { options: { repair: { type: "boolean" } } }, args).values;
  const { db, table } = await open();
  const { minutes, interval, differences, faults } = await stableRecount(db, table);
  for (const difference of differences) console.log(describe(difference));
  for (const fault of faults) console.log(fault);
  if (faults.length > 0) process.exitCode = 1;
  const verdict = [
    count(minutes, "minute"),
    ...(interval === undefined ? [] : [`one every ${interval.minutes} minutes since ${interval.since}`]),
    ...(await repairSums(db, table, differences, repair)),
    ...countFaults(faults),
  ];
  console.log(verdict.join(", "));
};

const repairSums = async (
  db: DynamoDBDocumentClient,
  table: string,
  differences: readonly Difference[],
  repair: boolean,
): Promise<string[]> => {
  if (differences.length === 0) return ["every sum agrees"];
  if (!repair) {
    process.exitCode = 1;
    const verb = differences.length === 1 ? "differs" : "differ";
    return [`${count(differences.length, "sum")} ${verb}: npm run audit -- --repair corrects them`];
  }
  for (const difference of differences) await correct(db, table, difference).catch(explain);
  return [`${count(differences.length, "sum")} corrected`];
};

const countFaults = (faults: readonly string[]): string[] =>
  faults.length === 0 ? [] : [`${count(faults.length, "fault")} that cannot be repaired`];

/** Opens the table and prints which one it is. */
const open = async (): Promise<{ db: DynamoDBDocumentClient; table: string }> => {
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
  const { url, table, region } = target(loadSettings(process.env), liveRecords(), process.env);
  process.env["AWS_ENDPOINT_URL_DYNAMODB"] = url;
  // The credentials of the machine are used only for a remote database that the user names.
  if (region !== undefined || isLoopback(url))
    useMadeUpCredentials(region ?? (process.env["AWS_REGION"] || "us-east-1"));
  const db = createDynamoClient();
  console.log(`table ${table} in ${await db.config.region()} at ${new URL(url).origin}`);
  return { db, table };
};

const explain = (error: unknown): never => {
  if (!(error instanceof ConditionalCheckFailedException)) throw error;
  throw new UserError(
    "a beat or a settings change came in between, so not all sums are corrected yet: run the command again",
  );
};

/** Reads again if something differs, because a beat can come between two pages of one read. */
const stableRecount = async (db: DynamoDBDocumentClient, table: string): Promise<Recount> => {
  let last: string | undefined;
  for (;;) {
    const result = recount(
      await readRows(db, table).catch((error) => {
        throw new UserError(`the table ${table} could not be read: ${error.message || error.name}`);
      }),
      Date.now(),
    );
    const { differences, faults } = result;
    const seen = inspect({ differences, faults }, { depth: null });
    if (differences.length + faults.length === 0 || seen === last) return result;
    last = seen;
  }
};

const describe = ({ row, attribute, stored, counted }: Difference): string =>
  isThreshold(attribute)
    ? `${row} ${attribute}: stored ${formatStored(stored)}, which is invalid; without it the threshold of the stage applies`
    : `${row} ${attribute}: stored ${formatStored(stored)}, counted ${formatStored(counted)}`;

const formatStored = (value: unknown): string =>
  typeof value === "object" && value !== null
    ? inspect(value, { breakLength: Infinity, depth: null })
    : `${value ?? "nothing"}`;

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;

main(process.argv.slice(2)).catch(exitWithError);
