import { setTimeout as sleep } from "node:timers/promises";
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricStatisticsCommand,
} from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { SQSClient } from "@aws-sdk/client-sqs";
import { countMessages, type Deployed } from "../deployed.ts";

/** A deployed stage. */
export interface Stage extends Deployed {
  /** The address of the API, without a trailing slash. */
  url: string;
  /** The URL of the dead-letter queue. */
  queue: string;
  /** The start of the smoke test, in ms since the epoch. */
  start: number;
}

/** Returns what it saw; throws an Error that says what is wrong. */
export type Check = (stage: Stage) => Promise<string>;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** CloudWatch shows a metric, and evaluates an alarm, some minutes after the fact. */
const CLOUDWATCH_DELAY = 6 * MINUTE;

const request = (stage: Stage, path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${stage.url}${path}`, { ...init, redirect: "manual", signal: AbortSignal.timeout(15 * SECOND) });

/** @throws Error that names the expected and the actual value, unless they are the same */
const expectSame = (what: string, actual: unknown, expected: unknown): void => {
  if (actual !== expected) {
    throw new Error(`${what} is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`);
  }
};

/** Tries until the check passes or the time is over; then it fails with the last error. */
const within = async (ms: number, pause: number, check: () => Promise<string>): Promise<string> => {
  const end = Date.now() + ms;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() + pause > end) throw error;
      await sleep(pause);
    }
  }
};

const ping: Check = async (stage) => {
  const reply = await request(stage, "/ping");
  expectSame("the status", reply.status, 200);
  expectSame("the body", await reply.text(), '{"payload":"PONG"}');
  return 'GET /ping: 200, {"payload":"PONG"}';
};

const head: Check = async (stage) => {
  const [get, reply] = [await request(stage, "/ping"), await request(stage, "/ping", { method: "HEAD" })];
  expectSame("the status", reply.status, get.status);
  expectSame("the body", await reply.text(), "");
  for (const name of ["content-type", "cache-control"]) {
    expectSame(name, reply.headers.get(name), get.headers.get(name));
  }
  return "HEAD /ping: status and headers of GET, no body";
};

const notModified: Check = async (stage) => {
  const etag = (await request(stage, "/openapi.json")).headers.get("etag");
  if (etag === null) throw new Error("GET /openapi.json has no ETag");
  const reply = await request(stage, "/openapi.json", { headers: { "if-none-match": etag } });
  expectSame("the status", reply.status, 304);
  return "GET /openapi.json with its ETag: 304";
};

const notFound: Check = async (stage) => {
  expectSame("the status", (await request(stage, "/no-such-route")).status, 404);
  return "GET /no-such-route: 404";
};

const cors: Check = async (stage) => {
  const origin = "https://example.org";
  const headers = { origin, "access-control-request-method": "GET" };
  const preflight = await request(stage, "/status", { method: "OPTIONS", headers });
  expectSame("the status of OPTIONS", preflight.status, 204);
  const reply = await request(stage, "/status", { headers: { origin } });
  for (const each of [preflight, reply]) {
    expectSame("access-control-allow-origin", each.headers.get("access-control-allow-origin"), "*");
  }
  return "OPTIONS and GET /status: any origin may read";
};

interface HistoryItem {
  minute: string;
  lateness: number | null;
}

/** The schedule delivers two beats, each for its own minute. */
const schedule: Check = async (stage) => {
  const startMinute = new Date(stage.start).toISOString().slice(0, 16);
  const limit = Math.min(1_440, 3 * stage.interval + 5);
  return within((2 * stage.interval + 1.5) * MINUTE, 5 * SECOND, async () => {
    const reply = await request(stage, `/beats/history?step=minute&limit=${limit}`);
    expectSame("the status of /beats/history", reply.status, 200);
    const { items }: { items: HistoryItem[] } = JSON.parse(await reply.text());
    const beats = items.filter(
      ({ minute, lateness }) => lateness !== null && minute.slice(0, 16) >= startMinute,
    );
    if (beats.length < 2) throw new Error(`${beats.length} of 2 beats arrived`);
    for (const { minute, lateness } of beats) {
      if (Number(lateness) >= 2 * MINUTE) throw new Error(`${minute} was recorded ${lateness} ms late`);
    }
    const shown = beats.slice(0, 2).map(({ minute, lateness }) => `${minute} after ${lateness} ms`);
    return `recorded ${shown.reverse().join(", ")}`;
  });
};

const metrics: Check = async (stage) => {
  const client = new CloudWatchClient({ region: stage.region });
  return within(CLOUDWATCH_DELAY, 15 * SECOND, async () => {
    const { Datapoints = [] } = await client.send(
      new GetMetricStatisticsCommand({
        Namespace: stage.metricsNamespace,
        MetricName: "BeatsCounted",
        Dimensions: [{ Name: "FunctionName", Value: stage.functions["heartbeat"] }],
        StartTime: new Date(stage.start - MINUTE),
        EndTime: new Date(Date.now() + MINUTE),
        Period: 60,
        Statistics: ["Sum"],
      }),
    );
    const sum = Datapoints.reduce((total, { Sum = 0 }) => total + Sum, 0);
    if (sum < 1) throw new Error("the metric BeatsCounted has no data since the start of this test");
    return `BeatsCounted is ${sum} since the start of this test`;
  });
};

const queue: Check = async (stage) => {
  const count = await countMessages(new SQSClient({ region: stage.region }), stage.queue);
  if (count > 0) throw new Error(`${count} messages are in the dead-letter queue: see npm run redrive`);
  return "the dead-letter queue is empty";
};

const alarms: Check = async (stage) => {
  const client = new CloudWatchClient({ region: stage.region });
  // After the first deployment the pulse alarm fires until CloudWatch has seen some minutes with beats.
  return within(CLOUDWATCH_DELAY, 15 * SECOND, async () => {
    // By their exact names: the prefix heartbeat-dev- is also that of the alarms of a stage dev-2.
    const { MetricAlarms = [] } = await client.send(
      new DescribeAlarmsCommand({ AlarmNames: stage.alarms, MaxRecords: 100 }),
    );
    const states = new Map(MetricAlarms.map(({ AlarmName, StateValue }) => [AlarmName, StateValue]));
    const faults = stage.alarms
      .filter((name) => states.get(name) !== "OK")
      .map((name) => (states.has(name) ? `${name} is ${states.get(name)}` : `${name} does not exist`));
    if (faults.length > 0) throw new Error(faults.join(", "));
    return `${stage.alarms.length} alarms are OK`;
  });
};

/** Every line of each function since the start is JSON. */
const logs: Check = async (stage) => {
  const client = new CloudWatchLogsClient({ region: stage.region });
  let lines = 0;
  for (const name of Object.values(stage.functions)) {
    const logGroupName = `/aws/lambda/${name}`;
    for await (const { events = [] } of paginateFilterLogEvents(
      { client },
      { logGroupName, startTime: stage.start },
    )) {
      for (const { message = "" } of events) requireJson(name, message);
      lines += events.length;
    }
  }
  if (lines === 0) throw new Error("no function has logged since the start of this test");
  return `${lines} log lines are JSON`;
};

const requireJson = (name: string, line: string): void => {
  try {
    JSON.parse(line);
  } catch {
    throw new Error(`a log line of ${name} is not JSON: ${line.slice(0, 100).trimEnd()}`);
  }
};

/** In the order in which they run. The checks of CloudWatch come last, because its data arrives late. */
export const CHECKS: Record<string, Check> = {
  ping,
  head,
  "not-modified": notModified,
  "not-found": notFound,
  cors,
  schedule,
  queue,
  logs,
  metrics,
  alarms,
};
