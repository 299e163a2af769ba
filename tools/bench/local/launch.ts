import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as after } from "node:timers/promises";
import { freePort } from "../../local/environment/ports.ts";
import { SLS } from "../../node/installed.ts";
import { processTree } from "./process-tree.ts";

export interface Subject {
  title: string;
  /** Arguments of `sls offline`. */
  args: string[];
  env: NodeJS.ProcessEnv;
  /** The line that it prints when it is ready. */
  ready: RegExp;
}

export interface Launched {
  url: string;
  output(): string;
  /** Milliseconds from the spawn to the ready line. */
  milliseconds: number;
  /** CPU time of its process until then, in milliseconds. */
  cpu: number;
  /** CPU time of its process until now, in milliseconds. */
  cpuNow(): number;
  /** Peak memory of the process tree until now, database included. */
  megabytes(): number;
  stop(): Promise<void>;
}

/** The message is the last output of the service. */
export class DidNotStart extends Error {}

const SAMPLE_EVERY = 50; // ms
const STARTS_WITHIN = 360_000; // the first start can download DynamoDB Local
const STOPS_WITHIN = 10_000;

/**
 * Starts `sls offline` on free ports.
 * @throws DidNotStart if it ends before it is ready
 */
export const launch = async ({ args, env, ready }: Subject): Promise<Launched> => {
  const port = await freePort();
  const begun = performance.now();
  // In its own process group, so that one signal reaches all its processes.
  const child = spawn(process.execPath, [SLS, "offline", ...args], {
    env: {
      ...onThisMachine(process.env),
      ...env,
      PORT: String(port),
      LAMBDA_PORT: String(await freePort()),
    },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const memory = watchMemory(child);
  const interrupted = () => signal(child, "SIGTERM");
  process.once("exit", interrupted);
  const end = async () => {
    memory.end();
    process.off("exit", interrupted);
    await stop(child, memory.pids());
  };
  const cpuNow = () => processTree(child.pid ?? 0)[0]?.cpu ?? Number.NaN;
  try {
    const output = await untilReady(ready, child);
    const milliseconds = performance.now() - begun;
    return {
      ...{ url: `http://localhost:${port}`, output, milliseconds, cpu: cpuNow(), cpuNow },
      megabytes: () => memory.peak() / 1e6,
      stop: end,
    };
  } catch (error) {
    await end();
    throw error;
  }
};

/** Dummy credentials and an endpoint without a server, so that no AWS account is used. */
const onThisMachine = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(env).filter(([name]) => !/^(AWS_|DYNAMODB)/.test(name))),
  AWS_ACCESS_KEY_ID: "bench",
  AWS_SECRET_ACCESS_KEY: "bench",
  AWS_REGION: "us-east-1",
  AWS_ENDPOINT_URL: "http://127.0.0.1:9",
});

const watchMemory = (child: ChildProcess) => {
  let peak = 0;
  const pids = new Set<number>();
  const timer = setInterval(() => {
    const tree = processTree(child.pid ?? 0);
    for (const { pid } of tree) pids.add(pid);
    peak = Math.max(
      peak,
      tree.reduce((sum, { bytes }) => sum + bytes, 0),
    );
  }, SAMPLE_EVERY);
  return { peak: () => peak, pids: () => [...pids], end: () => clearInterval(timer) };
};

const untilReady = (ready: RegExp, child: ChildProcess): Promise<() => string> =>
  new Promise((resolve, reject) => {
    let output = "";
    const fail = () => reject(new DidNotStart(output.trim().split("\n").at(-1) || "it said nothing"));
    const patience = setTimeout(fail, STARTS_WITHIN);
    const listen = (text: string) => {
      output += text;
      if (!ready.test(output)) return;
      clearTimeout(patience);
      resolve(() => output);
    };
    child.stdout?.setEncoding("utf8").on("data", listen);
    child.stderr?.setEncoding("utf8").on("data", listen);
    child.once("error", reject).once("close", () => {
      clearTimeout(patience);
      fail();
    });
  });

/** @throws if a process has not ended in time; it is killed then */
const stop = async (child: ChildProcess, pids: number[]): Promise<void> => {
  signal(child, "SIGTERM");
  const deadline = performance.now() + STOPS_WITHIN;
  while (pids.some(isAlive) && performance.now() < deadline) await after(SAMPLE_EVERY);
  const left = pids.filter(isAlive);
  for (const pid of left) process.kill(pid, "SIGKILL");
  if (left.length > 0) throw new Error(`still there ${STOPS_WITHIN} ms after SIGTERM: ${left.join(", ")}`);
};

/** Sends a signal to the process group. */
const signal = ({ pid }: ChildProcess, name: NodeJS.Signals) => {
  if (pid !== undefined && isAlive(pid)) process.kill(-pid, name);
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
