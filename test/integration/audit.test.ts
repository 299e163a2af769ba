import { execFile } from "node:child_process";
import { describe, expect, inject, test } from "vitest";
import { createDynamoStore } from "../../lib/dynamodb-store.ts";
import { freshTable, putRow, storedRows } from "../support/table.ts";

const url = inject("engines").embedded;

/** `npm run audit`, without npm. */
const audit = (table: string, ...args: string[]) => auditWith({}, table, ...args);

const auditWith = (more: NodeJS.ProcessEnv, table: string, ...args: string[]) =>
  new Promise<{ exitCode: number; output: string; errors: string }>((resolve) => {
    const env = { ...process.env, AWS_ENDPOINT_URL_DYNAMODB: url, BEATS_TABLE: table, ...more };
    const child = execFile("node_modules/.bin/tsx", ["ops/audit.ts", ...args], { env }, (_, output, errors) =>
      resolve({ exitCode: child.exitCode ?? -1, output, errors }),
    );
  });

const tableOfTwo = async () => {
  const { db, table } = await freshTable(url);
  const store = createDynamoStore(db, table);
  for (const minute of ["2026-11-23T22:40Z", "2026-11-23T22:41Z"]) {
    await store.record({ minute, recordedAt: Date.parse(minute) });
  }
  return { db, table };
};

describe("npm run audit", () => {
  test("says that every sum agrees", async () => {
    const { table } = await tableOfTwo();

    expect(await audit(table)).toEqual({ exitCode: 0, output: "2 minutes, every sum agrees\n", errors: "" });
  });

  test("names each sum that differs, changes nothing, and exits with 1", async () => {
    const { db, table } = await tableOfTwo();
    await putRow(db, table, { sk: "live", beats: 5, born: "2026-11-23T22:40Z", newest: "2026-11-23T22:41Z" });
    await putRow(db, table, { sk: "month#2026-11", 23: 2, 24: 7 });
    const before = await storedRows(db, table);

    expect(await audit(table)).toEqual({
      exitCode: 1,
      output:
        "live beats: stored 5, counted 2\nmonth#2026-11 24: stored 7, counted nothing\n2 minutes, 2 sums differ: npm run audit -- --repair sets them right\n",
      errors: "",
    });

    expect(await storedRows(db, table)).toEqual(before);
  });

  test("--repair sets the sums right from the minutes, and leaves what is no sum", async () => {
    const { db, table } = await tableOfTwo();
    await putRow(db, table, { sk: "live", beats: "many", newest: "2026-11-23T22:50Z", note: "kept" });
    await putRow(db, table, { sk: "month#2026-11", 23: 1, 24: 7 });

    expect(await audit(table, "--repair")).toEqual({
      exitCode: 0,
      output:
        "live beats: stored many, counted 2\nlive born: stored nothing, counted 2026-11-23T22:40Z\nlive newest: stored 2026-11-23T22:50Z, counted 2026-11-23T22:41Z\nmonth#2026-11 23: stored 1, counted 2\nmonth#2026-11 24: stored 7, counted nothing\n2 minutes, 5 sums set right\n",
      errors: "",
    });

    expect(await storedRows(db, table)).toEqual([
      { sk: "hour#2026-11-23T22", 40: 0, 41: 0 },
      { sk: "live", beats: 2, born: "2026-11-23T22:40Z", newest: "2026-11-23T22:41Z", note: "kept" },
      { sk: "month#2026-11", 23: 2 },
    ]);
  });

  test("reads the database that it is given, whatever of AWS the machine is set to", async () => {
    const { table } = await tableOfTwo();
    const machine = {
      AWS_PROFILE: "work",
      AWS_SESSION_TOKEN: "token",
      AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true",
      AWS_USE_FIPS_ENDPOINT: "true",
    };

    expect(await auditWith(machine, table)).toEqual({
      exitCode: 0,
      output: "2 minutes, every sum agrees\n",
      errors: "",
    });
  });

  test("sets right a total that is beyond what a number holds", async () => {
    const { db, table } = await tableOfTwo();
    await putRow(db, table, {
      sk: "live",
      beats: 12345678901234567890n,
      born: "2026-11-23T22:40Z",
      newest: "2026-11-23T22:41Z",
    });

    await audit(table, "--repair");

    expect(await audit(table)).toEqual({ exitCode: 0, output: "2 minutes, every sum agrees\n", errors: "" });
  });

  test("names a table that it can't read, in one line", async () => {
    const { exitCode, output, errors } = await audit("no-such-table");

    expect({ exitCode, output }).toEqual({ exitCode: 1, output: "" });
    expect(errors).toMatch(/^the table no-such-table could not be read: .+\n$/);
  });

  test("says how it is used when it is called with something else", async () => {
    const { exitCode, errors } = await audit("beats", "--fix");

    expect(exitCode).toBe(1);
    expect(errors).toMatch(/^npm run audit \[-- --repair\]: .+\n$/);
  });
});
