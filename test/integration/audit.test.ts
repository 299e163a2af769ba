import { execFile } from "node:child_process";
import { describe, expect, inject, test } from "vitest";
import { createBeatStore } from "../../lib/dynamodb/beat-store.ts";
import { createSettingsStore } from "../../lib/dynamodb/settings-store.ts";
import { freshTable, putRow, storedRows } from "../support/databases/table.ts";
import { onDay } from "../support/fixtures/store-on-day.ts";
import { beQuiet } from "../support/quiet.ts";

beQuiet();

const url = inject("engines").embedded;

/** Runs `npm run audit` without npm. */
const audit = (table: string, ...args: string[]) => auditWith({}, table, ...args);

/** Checks the first line, which names the table; `output` is the rest. */
const auditWith = async (more: NodeJS.ProcessEnv, table: string, ...args: string[]) => {
  const { output, ...others } = await printed(more, table, ...args);
  const [target, ...lines] = output.split("\n");
  expect(target).toBe(`table ${table} in us-east-1 at ${url}`);
  return { output: lines.join("\n"), ...others };
};

const printed = (more: NodeJS.ProcessEnv, table: string, ...args: string[]) =>
  new Promise<{ exitCode: number; output: string; errors: string }>((resolve) => {
    const env = { ...process.env, AWS_ENDPOINT_URL_DYNAMODB: url, BEATS_TABLE: table, ...more };
    const child = execFile(
      "node_modules/.bin/tsx",
      ["tools/cli/audit/audit.ts", ...args],
      { env },
      (_, output, errors) => resolve({ exitCode: child.exitCode ?? -1, output, errors }),
    );
  });

const tableOfTwo = async () => {
  const { db, table } = await freshTable(url);
  const store = createBeatStore({ db: db, name: table });
  for (const minute of ["2026-11-23T22:40Z", "2026-11-23T22:41Z"]) {
    await store.record({ minute, recordedAt: Date.parse(minute) });
  }
  return { db, table };
};

/** A beat at 22:40, pauses of 3 minutes from 22:41 and 22:46, and an open pause from 22:51. */
const tableOfPaused = async () => {
  const { db, table } = await freshTable(url);
  const store = {
    ...createBeatStore({ db: db, name: table }),
    ...createSettingsStore({ db: db, name: table }),
  };
  const { beat, pause, resume } = onDay("2026-11-23", store);
  await beat("22:40");
  await pause("22:41");
  await resume("22:43");
  await pause("22:46");
  await resume("22:48");
  await pause("22:51");
  return { db, table };
};

const PAUSES =
  "[ { from: '2026-11-23T22:41Z', to: '2026-11-23T22:43Z' }, { from: '2026-11-23T22:46Z', to: '2026-11-23T22:48Z' }, { from: '2026-11-23T22:51Z', reason: 'database upgrade' } ]";

/** Writes a row with changed attributes; undefined removes an attribute. */
const spoil = async (
  { db, table }: Awaited<ReturnType<typeof freshTable>>,
  sk: string,
  changes: Record<string, unknown>,
) => {
  const row = { ...(await storedRows(db, table)).find((row) => row.sk === sk), sk, ...changes };
  const kept = Object.entries(row).filter(([, value]) => value !== undefined);
  await putRow(db, table, { sk, ...Object.fromEntries(kept) });
};

describe("npm run audit", () => {
  test("prints that every sum agrees", async () => {
    const { table } = await tableOfTwo();

    expect(await audit(table)).toEqual({ exitCode: 0, output: "2 minutes, every sum agrees\n", errors: "" });
  });

  test("prints each sum that differs, changes nothing, and exits with code 1", async () => {
    const { db, table } = await tableOfTwo();
    await putRow(db, table, { sk: "live", beats: 5, born: "2026-11-23T22:40Z", newest: "2026-11-23T22:41Z" });
    await putRow(db, table, { sk: "month#2026-11", 23: 2, 24: 7 });
    const before = await storedRows(db, table);

    expect(await audit(table)).toEqual({
      exitCode: 1,
      output:
        "live beats: stored 5, counted 2\nmonth#2026-11 24: stored 7, counted nothing\n2 minutes, 2 sums differ: npm run audit -- --repair corrects them\n",
      errors: "",
    });

    expect(await storedRows(db, table)).toEqual(before);
  });

  test("--repair corrects the sums from the minutes, and keeps other attributes", async () => {
    const { db, table } = await tableOfTwo();
    await putRow(db, table, { sk: "live", beats: "many", newest: "2026-11-23T22:50Z", note: "kept" });
    await putRow(db, table, { sk: "month#2026-11", 23: 1, 24: 7 });

    expect(await audit(table, "--repair")).toEqual({
      exitCode: 0,
      output:
        "live beats: stored many, counted 2\nlive born: stored nothing, counted 2026-11-23T22:40Z\nlive newest: stored 2026-11-23T22:50Z, counted 2026-11-23T22:41Z\nmonth#2026-11 23: stored 1, counted 2\nmonth#2026-11 24: stored 7, counted nothing\n2 minutes, 5 sums corrected\n",
      errors: "",
    });

    expect(await storedRows(db, table)).toEqual([
      { sk: "hour#2026-11-23T22", 40: 0, 41: 0 },
      { sk: "live", beats: 2, born: "2026-11-23T22:40Z", newest: "2026-11-23T22:41Z", note: "kept" },
      { sk: "month#2026-11", 23: 2 },
    ]);
  });

  test("prints that every sum of a paused service agrees", async () => {
    const { table } = await tableOfPaused();

    expect(await audit(table)).toEqual({ exitCode: 0, output: "1 minute, every sum agrees\n", errors: "" });
  });

  test("--repair corrects the sums of the pauses from their rows, and removes a malformed threshold", async () => {
    const { db, table } = await tableOfPaused();
    const before = await storedRows(db, table);
    await spoil({ db, table }, "live", { openFrom: "2026-11-23T22:49Z", pausedFrom: undefined });
    await spoil({ db, table }, "live#rules", {
      ...{ covered: "few", pausedBy: 2, lateAfter: "soon" },
      pauses: [{ from: "2026-11-23T22:46Z" }],
    });
    await spoil({ db, table }, "month#2026-11", { covered23: 4 });

    expect(await audit(table, "--repair")).toEqual({
      exitCode: 0,
      output: [
        "live openFrom: stored 2026-11-23T22:49Z, counted 9999-12-31T23:59Z",
        "live pausedFrom: stored nothing, counted 2026-11-23T22:51Z",
        "live#rules covered: stored few, counted 6",
        "live#rules pausedBy: stored 2, counted 5",
        `live#rules pauses: stored [ { from: '2026-11-23T22:46Z' } ], counted ${PAUSES}`,
        "month#2026-11 covered23: stored 4, counted 6",
        "live#rules lateAfter: stored soon, which is invalid; without it the threshold of the stage applies",
        "1 minute, 7 sums corrected",
        "",
      ].join("\n"),
      errors: "",
    });

    expect(await storedRows(db, table)).toEqual(before);
  });

  test("prints what cannot be repaired, changes none of it, and exits with code 1", async () => {
    const { db, table } = await tableOfPaused();
    await spoil({ db, table }, "hour#2026-11-23T22", { 42: 48 });
    await spoil({ db, table }, "live", { beats: 2, newest: "2026-11-23T22:42Z" });
    await spoil({ db, table }, "month#2026-11", { 23: 2 });
    await spoil({ db, table }, "pause#2026-11-23T22:43Z#000009", { to: "2026-11-23T22:44Z" });
    await spoil({ db, table }, "live#rules", { version: "five" });
    const before = await storedRows(db, table);
    const faults = [
      "pause#2026-11-23T22:41Z#000001 and pause#2026-11-23T22:43Z#000009 overlap",
      "pause#2026-11-23T22:41Z#000001 covers 2026-11-23T22:42Z, marked as beaten",
      'live#rules version: stored "five", which is invalid',
      "2 minutes, every sum agrees, 3 faults that cannot be repaired",
      "",
    ];
    const expected = { exitCode: 1, output: faults.join("\n"), errors: "" };

    expect([await audit(table), await audit(table, "--repair")]).toEqual([expected, expected]);

    expect(await storedRows(db, table)).toEqual(before);
  });

  test("--repair corrects what it can when there are faults, and exits with code 1", async () => {
    const { db, table } = await tableOfPaused();
    await spoil({ db, table }, "pause#2026-11-23T22:41Z#000001", { to: "later" });
    await spoil({ db, table }, "live", { beats: 7, openFrom: "2026-11-23T22:44Z" });

    expect(await audit(table, "--repair")).toEqual({
      exitCode: 1,
      output:
        'live beats: stored 7, counted 1\npause#2026-11-23T22:41Z#000001 to: stored "later", which is invalid\n1 minute, 1 sum corrected, 1 fault that cannot be repaired\n',
      errors: "",
    });

    const live = (await storedRows(db, table)).find(({ sk }) => sk === "live");
    expect([live?.["beats"], live?.["openFrom"]]).toEqual([1, "2026-11-23T22:44Z"]);
  });

  test("reads the database at AWS_ENDPOINT_URL_DYNAMODB despite other AWS settings of the machine", async () => {
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

  test("--repair corrects a total that is beyond the safe integers", async () => {
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

  test("prints one line that names a table that cannot be read", async () => {
    const { exitCode, output, errors } = await audit("no-such-table");

    expect({ exitCode, output }).toEqual({ exitCode: 1, output: "" });
    expect(errors).toMatch(/^the table no-such-table could not be read: .+\n$/);
  });

  test("rejects an unknown argument by name, and audits nothing", async () => {
    expect(await printed({}, "beats", "--fix")).toEqual({
      exitCode: 1,
      output: "",
      errors: expect.stringMatching(/^Unknown option '--fix'; usage: npm run audit \[-- --repair\]: .+\n$/),
    });
  });
});
