import { setTimeout as after } from "node:timers/promises";
import { type Figure, median, ratio } from "../report/figures.ts";
import { DidNotStart, launch, type Subject } from "./launch.ts";
import { OURS, WITH_DYNAMODB_LOCAL } from "./subjects.ts";

interface Start {
  milliseconds: number;
  cpu: number;
  megabytes: number;
}

const SETTLES_WITHIN = 1_000; // ms
/** DynamoDB Local takes seconds to start, so it is started less often. */
const SLOW_ROUNDS = 3;

/** Measures the start time and the memory of the local service, compared with plain serverless-offline. */
export const measureLocalStarts = async (rounds: number, plain: Subject): Promise<Figure[]> => {
  // Not counted. The project's own start comes first: it bundles the handlers that plain serverless-offline serves.
  await startOnce(OURS);
  await startOnce(plain);
  const leftOut = await whyNot(() => startOnce(WITH_DYNAMODB_LOCAL));
  if (leftOut !== undefined) console.error(`DynamoDB Local is left out: ${leftOut}`);
  const subjects = leftOut === undefined ? [plain, OURS, WITH_DYNAMODB_LOCAL] : [plain, OURS];
  const starts = new Map<Subject, Start[]>(subjects.map((subject) => [subject, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const subject of subjects) {
      if (subject === WITH_DYNAMODB_LOCAL && round > SLOW_ROUNDS) continue;
      const start = await startOnce(subject);
      starts.get(subject)?.push(start);
      console.error(`local starts ${round}/${rounds}  ${subject.title}  ${toText(start)}`);
    }
  }
  const all = (subject: Subject, what: keyof Start) => (starts.get(subject) ?? []).map((one) => one[what]);
  const beside = (subject: Subject, what: keyof Start, words: string, goal?: Figure["goal"]) =>
    ratio(`${subject.title}, ${words} / plain sls offline`, all(subject, what), all(plain, what), goal);
  console.error(
    subjects.map(({ title }, index) => `${title}: ${toText(medianOf(starts, subjects[index]))}`).join("\n"),
  );
  return [
    beside(OURS, "milliseconds", "time to ready"),
    beside(OURS, "cpu", "CPU to ready, database left out"),
    beside(OURS, "megabytes", "peak memory, database included"),
    ...(leftOut === undefined ? [beside(WITH_DYNAMODB_LOCAL, "milliseconds", "time to ready")] : []),
  ];
};

const medianOf = (starts: ReadonlyMap<Subject, Start[]>, subject: Subject | undefined): Start => {
  const of = subject === undefined ? [] : (starts.get(subject) ?? []);
  return {
    milliseconds: median(of.map((start) => start.milliseconds)),
    cpu: median(of.map((start) => start.cpu)),
    megabytes: median(of.map((start) => start.megabytes)),
  };
};

const startOnce = async (subject: Subject): Promise<Start> => {
  const { milliseconds, cpu, megabytes, stop } = await launch(subject);
  try {
    await after(SETTLES_WITHIN);
    return { milliseconds, cpu, megabytes: megabytes() };
  } finally {
    await stop();
  }
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

const toText = ({ milliseconds, cpu, megabytes }: Start): string =>
  `${(milliseconds / 1000).toFixed(2)} s, ${cpu.toFixed(0)} ms of CPU, ${megabytes.toFixed(0)} MB`;
