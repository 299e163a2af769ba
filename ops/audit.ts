import { inspect } from "node:util";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { createDynamoClient } from "../lib/dynamodb-client.ts";
import { isLoopback } from "../lib/loopback.ts";
import { useMadeUpCredentials } from "../local/made-up-credentials.ts";
import { liveRecords } from "../local/run-record.ts";
import { loadSettings } from "../local/settings.ts";
import { endWith, StartError } from "../local/start-error.ts";
import { isRule } from "./kept-settings.ts";
import { correct, readRows } from "./ledger.ts";
import { type Difference, type Recount, recount } from "./recount.ts";

const USAGE =
  "npm run audit [-- --repair]: counts the marked minutes and the pauses again and holds the sums against them; on the service that runs on PORT, or the table BEATS_TABLE of the database at AWS_ENDPOINT_URL_DYNAMODB";

const main = async (args: string[]): Promise<void> => {
  if (args.some((arg) => arg !== "--repair")) throw new StartError(USAGE);
  const { db, table } = open();
  const { minutes, differences, faults } = await settledRecount(db, table);
  for (const difference of differences) console.log(describe(difference));
  for (const fault of faults) console.log(fault);
  if (faults.length > 0) process.exitCode = 1;
  const verdict = [
    count(minutes, "minute"),
    ...(await settle(db, table, differences, args)),
    ...tellOf(faults),
  ];
  console.log(verdict.join(", "));
};

const settle = async (
  db: DynamoDBDocumentClient,
  table: string,
  differences: readonly Difference[],
  args: string[],
): Promise<string[]> => {
  if (differences.length === 0) return ["every sum agrees"];
  if (!args.includes("--repair")) {
    process.exitCode = 1;
    const verb = differences.length === 1 ? "differs" : "differ";
    return [`${count(differences.length, "sum")} ${verb}: npm run audit -- --repair sets them right`];
  }
  for (const difference of differences) await correct(db, table, difference).catch(explain);
  return [`${count(differences.length, "sum")} set right`];
};

const tellOf = (faults: readonly string[]): string[] =>
  faults.length === 0 ? [] : [`${count(faults.length, "fault")} that no repair sets right`];

const open = (): { db: DynamoDBDocumentClient; table: string } => {
  const { endpoint, httpPort } = loadSettings(process.env);
  const service = endpoint === undefined ? liveRecords().find((run) => run.httpPort === httpPort) : undefined;
  const url = endpoint ?? service?.url;
  if (url === undefined) {
    throw new StartError(
      `no service of this checkout runs on port ${httpPort}: start it, or give its PORT, or a database's URL in AWS_ENDPOINT_URL_DYNAMODB`,
    );
  }
  process.env["AWS_ENDPOINT_URL_DYNAMODB"] = url;
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
  if (isLoopback(url)) useMadeUpCredentials();
  return {
    db: createDynamoClient(),
    table: service?.table ?? process.env["BEATS_TABLE"] ?? "heartbeat-dev-beats",
  };
};

const explain = (error: unknown): never => {
  if (!(error instanceof ConditionalCheckFailedException)) throw error;
  throw new StartError(
    "a beat, or a change of the settings, came between, and not all sums are set right yet: run it again",
  );
};

/** Reads again where something is wrong: a beat may have come between two pages of one reading. */
const settledRecount = async (db: DynamoDBDocumentClient, table: string): Promise<Recount> => {
  let last: string | undefined;
  for (;;) {
    const result = recount(
      await readRows(db, table).catch((error) => {
        throw new StartError(`the table ${table} could not be read: ${error.message || error.name}`);
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
  isRule(attribute)
    ? `${row} ${attribute}: stored ${tell(stored)}, which can't be read; without it the stage's is in force`
    : `${row} ${attribute}: stored ${tell(stored)}, counted ${tell(counted)}`;

const tell = (value: unknown): string =>
  typeof value === "object" && value !== null
    ? inspect(value, { breakLength: Infinity, depth: null })
    : `${value ?? "nothing"}`;

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;

main(process.argv.slice(2)).catch(endWith);
