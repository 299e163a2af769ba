/**
 * How long the local service takes to start and what memory it needs, beside serverless-offline without
 * our plugin in the same run. It reports and gates nothing: `npm run bench -- --runs=3`.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { DidNotStart, type Start, startOnce } from "./start-once.ts";

const PLAIN_CONFIG = "serverless.bench.yml";
const RESULTS = "bench/results.json";
const OUR_LINE = /^ready on port \d+/m;

const SUBJECTS = {
  plain: {
    title: "plain serverless-offline",
    args: ["--config", PLAIN_CONFIG],
    env: {},
    ready: /Server ready: /,
  },
  embedded: { title: "with the embedded engine", args: [], env: { DYNAMODB: "embedded" }, ready: OUR_LINE },
  local: { title: "with DynamoDB Local", args: [], env: { DYNAMODB: "local" }, ready: OUR_LINE },
};
type Name = keyof typeof SUBJECTS;

/** The same service without our plugin: no database, the handlers as they were bundled before. */
const withoutOurPlugin = (config: string): string => {
  const lines = config.split("\n");
  const others = lines.filter((line) => !/^\s+- \.\/local\/plugin\b/.test(line));
  if (others.length !== lines.length - 1) throw new Error("serverless.yml must list our plugin in one line");
  return others.join("\n");
};

const measure = async (runs: number) => {
  // Not counted. Ours first: it bundles the handlers that plain serverless-offline serves.
  await startOnce(SUBJECTS.embedded);
  await startOnce(SUBJECTS.plain);
  const leftOut = await whyNot(() => startOnce(SUBJECTS.local));
  if (leftOut !== undefined) console.error(`DynamoDB Local is left out: ${leftOut}`);
  const names: Name[] = leftOut === undefined ? ["plain", "embedded", "local"] : ["plain", "embedded"];
  const starts: Record<Name, Start[]> = { plain: [], embedded: [], local: [] };
  for (let run = 1; run <= runs; run++) {
    for (const name of names) {
      const start = await startOnce(SUBJECTS[name]);
      starts[name].push(start);
      console.error(`${run}/${runs}  ${SUBJECTS[name].title}  ${toText(start)}`);
    }
  }
  return { starts, leftOut };
};

const whyNot = async (start: () => Promise<Start>): Promise<string | undefined> => {
  try {
    await start();
    return undefined;
  } catch (error) {
    if (error instanceof DidNotStart) return error.message;
    throw error;
  }
};

const median = (numbers: number[]): number => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const [low = Number.NaN, high = low] = sorted.slice((sorted.length - 1) >> 1, (sorted.length >> 1) + 1);
  return (low + high) / 2;
};

/** Run by run beside plain: what slows the whole machine for a while then weighs on neither. */
const summarize = (ours: Start[], plain: Start[]) => {
  const paired = (compare: (own: Start, base: Start) => number) =>
    median(ours.flatMap((own, run) => (plain[run] ? [compare(own, plain[run])] : [])));
  return {
    milliseconds: median(ours.map((own) => own.milliseconds)),
    megabytes: median(ours.map((own) => own.megabytes)),
    more: {
      milliseconds: paired((own, base) => own.milliseconds - base.milliseconds),
      megabytes: paired((own, base) => own.megabytes - base.megabytes),
    },
    ratio: {
      milliseconds: paired((own, base) => own.milliseconds / base.milliseconds),
      megabytes: paired((own, base) => own.megabytes / base.megabytes),
    },
  };
};

const toText = ({ milliseconds, megabytes }: Start): string =>
  `${(milliseconds / 1000).toFixed(2)} s, ${megabytes.toFixed(0)} MB`;

const toRow = (name: Name, summary: ReturnType<typeof summarize>): string => {
  const { milliseconds, megabytes, more, ratio } = summary;
  const time = `${(milliseconds / 1000).toFixed(2)} s`;
  const memory = `${megabytes.toFixed(0)} MB`;
  if (name === "plain") return `| ${SUBJECTS[name].title} | ${time} | | ${memory} | |`;
  const moreTime = `+${(more.milliseconds / 1000).toFixed(2)} s (×${ratio.milliseconds.toFixed(2)})`;
  const moreMemory = `+${more.megabytes.toFixed(0)} MB (×${ratio.megabytes.toFixed(2)})`;
  return `| ${SUBJECTS[name].title} | ${time} | ${moreTime} | ${memory} | ${moreMemory} |`.replaceAll(
    "+-",
    "−",
  );
};

const { values } = parseArgs({ options: { runs: { type: "string", default: "7" } } });
const runs = Number(values.runs);
if (!(Number.isInteger(runs) && runs > 0)) {
  console.error(`--runs=${values.runs} is no number of runs: give a whole number from 1`);
  process.exit(1);
}

process.once("exit", () => rmSync(PLAIN_CONFIG, { force: true }));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
writeFileSync(PLAIN_CONFIG, withoutOurPlugin(readFileSync("serverless.yml", "utf8")));

const { starts, leftOut } = await measure(runs);
const machine = `${process.platform} ${process.arch}, ${availableParallelism()} CPUs, Node ${process.version}`;
const names = (Object.keys(SUBJECTS) as Name[]).filter((name) => starts[name].length > 0);
const summaries = new Map(names.map((name) => [name, summarize(starts[name], starts.plain)]));
writeFileSync(
  RESULTS,
  `${JSON.stringify({ machine, runs, leftOut, medians: Object.fromEntries(summaries), starts }, null, 2)}\n`,
);

console.log(`Medians of ${runs} interleaved starts; ${machine}\n`);
console.log("| sls offline | ready after | beside plain | peak memory | beside plain |");
console.log("| --- | --- | --- | --- | --- |");
for (const [name, summary] of summaries) console.log(toRow(name, summary));
if (leftOut !== undefined)
  console.log(`| ${SUBJECTS.local.title} | left out: ${leftOut.split(";")[0]} | | | |`);
