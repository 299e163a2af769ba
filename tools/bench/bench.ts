/**
 * Measures every goal of docs/performance.md as a ratio to a reference, in one run, round by round: `npm run bench --
 * --rounds=11`. It never fails; test/integration/cold-start.test.ts checks what must hold.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { readArguments } from "../cli/command.ts";
import { exitWithError, UserError } from "../user-error.ts";
import { measureColdStarts } from "./cold-start/cold-starts.ts";
import { measureLocalRequests } from "./local/local-requests.ts";
import { measureLocalStarts } from "./local/local-starts.ts";
import { makePlain } from "./local/subjects.ts";
import { toTable } from "./report/figures.ts";

const RESULTS = "tools/bench/results.json";
const DOCUMENT = "docs/performance.md";

const USAGE =
  "npm run bench [-- --rounds=11]: measures every goal of docs/performance.md, and writes it there";

const { values } = readArguments(
  USAGE,
  { options: { rounds: { type: "string", default: "11" } } },
  process.argv.slice(2),
);
const rounds = Number(values.rounds);
if (!(Number.isInteger(rounds) && rounds > 0)) {
  exitWithError(
    new UserError(`--rounds=${values.rounds} is not a number of rounds: use a whole number from 1`),
  );
}

const folder = mkdtempSync(join(tmpdir(), "heartbeat-bench-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

const plain = makePlain();
const figures = [
  ...(await measureColdStarts(rounds, folder)),
  ...(await measureLocalStarts(rounds, plain)),
  ...(await measureLocalRequests(rounds, plain)),
];

const machine = `${process.platform} ${process.arch}, ${availableParallelism()} CPUs, locally Node ${process.version}`;
const date = new Date().toISOString().slice(0, 10);
writeFileSync(RESULTS, `${JSON.stringify({ date, machine, rounds, figures }, null, 2)}\n`);

const summary = `Medians of ${rounds} rounds, ${date}; ${machine}.\n\n${toTable(figures)}`;
console.log(summary);
const document = readFileSync(DOCUMENT, "utf8");
const filled = document.replace(
  /(<!-- bench -->\n)[\s\S]*(\n<!-- \/bench -->)/,
  (_, begin, end) => `${begin}\n${summary}\n${end}`,
);
writeFileSync(DOCUMENT, filled);
