import { Agent, get } from "node:http";
import { type Figure, ratio } from "./figures.ts";
import { type Launched, launch, type Subject } from "./launch.ts";
import { OURS } from "./subjects.ts";

const CONNECTIONS = 8;
const WINDOW = 1_000; // ms

/**
 * How many requests the local service answers, beside serverless-offline as it comes, on the same database. By
 * second of the service's CPU time, which others on the machine don't change.
 */
export const measureLocalRequests = async (rounds: number, plain: Subject): Promise<Figure[]> => {
  const ours = await launch(OURS);
  const database = /at (http:\/\/127\.0\.0\.1:\d+)$/m.exec(ours.output())?.[1];
  const theirs = await launch({ ...plain, env: { AWS_ENDPOINT_URL_DYNAMODB: database } });
  const paths = ["/ping", "/beats"] as const;
  const services = { ours, theirs };
  const rates = { ours: { "/ping": [], "/beats": [] }, theirs: { "/ping": [], "/beats": [] } } as Record<
    keyof typeof services,
    Record<(typeof paths)[number], number[]>
  >;
  try {
    // Not counted: what is only loaded at a first request.
    for (const path of paths) for (const service of Object.values(services)) await rateOf(service, path);
    for (let round = 1; round <= rounds; round++) {
      for (const path of paths) {
        for (const [name, service] of Object.entries(services) as ["ours" | "theirs", Launched][]) {
          rates[name][path].push(await rateOf(service, path));
        }
        const shown = Object.entries(rates).map(([name, rate]) => `${name} ${rate[path].at(-1)?.toFixed(0)}`);
        console.error(`local requests ${round}/${rounds}  ${path}  ${shown.join(", ")} a second of CPU`);
      }
    }
  } finally {
    await theirs.stop();
    await ours.stop();
  }
  return [
    ratio(
      "local /ping, requests a second of CPU / plain with its worker threads",
      ...[rates.ours["/ping"], rates.theirs["/ping"], { atLeast: 2 }],
    ),
    ratio(
      "local /beats, requests a second of CPU / plain with its worker threads",
      ...[rates.ours["/beats"], rates.theirs["/beats"], { atLeast: 1.7 }],
    ),
  ] as Figure[];
};

/** Requests a second of the service's CPU time, over a window in which it always has some to answer. */
const rateOf = async ({ url, cpuNow }: Launched, path: string): Promise<number> => {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const before = cpuNow();
  const end = performance.now() + WINDOW;
  let answered = 0;
  const client = async () => {
    while (performance.now() < end) {
      await ask(`${url}${path}`, agent);
      answered++;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, client));
  agent.destroy();
  return answered / ((cpuNow() - before) / 1000);
};

const ask = (url: string, agent: Agent): Promise<void> =>
  new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url} answers ${response.statusCode}`));
      response.resume().once("end", resolve);
    }).once("error", reject);
  });
