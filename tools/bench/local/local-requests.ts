import { Agent, get } from "node:http";
import { type Figure, ratio } from "../report/figures.ts";
import { type Launched, launch, type Subject } from "./launch.ts";
import { OURS } from "./subjects.ts";

const CONNECTIONS = 8;
const WINDOW = 1_000; // ms
const PATHS = ["/ping", "/beats"];

/**
 * Measures how many requests the local service handles, compared with plain serverless-offline on the same database, per
 * second of the service's CPU time, which does not depend on other programs.
 */
export const measureLocalRequests = async (rounds: number, plain: Subject): Promise<Figure[]> => {
  const ours = await launch(OURS);
  const database = /at (http:\/\/127\.0\.0\.1:\d+)$/m.exec(ours.output())?.[1];
  const theirs = await launch({ ...plain, env: { AWS_ENDPOINT_URL_DYNAMODB: database } });
  const rates = { ours: new Map<string, number[]>(), plain: new Map<string, number[]>() };
  try {
    // The first round is not counted: the first request loads code.
    for (let round = 0; round <= rounds; round++) {
      for (const path of PATHS) {
        const rate = { ours: await rateOf(ours, path), plain: await rateOf(theirs, path) };
        if (round === 0) continue;
        for (const name of ["ours", "plain"] as const) {
          rates[name].set(path, [...(rates[name].get(path) ?? []), rate[name]]);
        }
        console.error(
          `local requests ${round}/${rounds}  ${path}  ours ${rate.ours.toFixed(0)}, plain ${rate.plain.toFixed(0)} a second of CPU`,
        );
      }
    }
  } finally {
    await theirs.stop();
    await ours.stop();
  }
  const beside = (path: string, atLeast: number): Figure =>
    ratio(
      `local ${path}, requests a second of CPU / plain with its worker threads`,
      rates.ours.get(path) ?? [],
      rates.plain.get(path) ?? [],
      { atLeast },
    );
  return [beside("/ping", 2), beside("/beats", 1.7)];
};

/** Requests per second of the service's CPU time, while there are always requests waiting. */
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
