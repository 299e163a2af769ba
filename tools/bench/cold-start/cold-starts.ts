import { execFile, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { deflateRawSync } from "node:zlib";
import { bundle } from "../../build/bundle.ts";
import { node24 } from "../../node/node-24.ts";
import { type Figure, median, ratio } from "../report/figures.ts";
import { bundleReference } from "./references.ts";

const run = promisify(execFile);
const SUBJECTS = ["empty", "hand-signed", "naive", "ping", "beats", "heartbeat"] as const;
type Subject = (typeof SUBJECTS)[number];

/** Milliseconds of CPU, measured by tools/bench/cold-start/runtime.mjs. */
interface Life {
  body: string;
  /** From the start of the process to the first reply. */
  replied: number;
  first: number;
  /** Each of the 20 invocations that follow. */
  following: number[];
  /** Each of many invocations after as many warm-up ones. */
  warmed: number[];
}

const WARM_INVOCATIONS = 300;

/** The reply of the subjects that read the stand-in for DynamoDB. */
const ANSWER = '{"payload":6}';
const READERS: readonly Subject[] = ["hand-signed", "naive", "beats"];

/** Measures the sizes of the bundles and the CPU time of their processes on Node 24, with a stand-in for DynamoDB. */
export const measureColdStarts = async (rounds: number, folder: string): Promise<Figure[]> => {
  await bundle(["heartbeat", "ping", "beats", "pulse"]);
  const files = {
    empty: await bundleReference("empty", folder),
    "hand-signed": await bundleReference("hand-signed", folder),
    naive: await bundleReference("naive", folder),
    ping: join(process.cwd(), "dist", "ping.mjs"),
    beats: join(process.cwd(), "dist", "beats.mjs"),
    heartbeat: join(process.cwd(), "dist", "heartbeat.mjs"),
  };
  const node = await node24();
  const database = await startDatabase(folder);
  const live = async (subject: Subject): Promise<Life> => {
    const life = await liveOnce(node, files[subject], database.env);
    // A failing function would be measured too.
    if (READERS.includes(subject) && life.body !== ANSWER) throw new Error(`${subject} answers ${life.body}`);
    return life;
  };
  const lives: Record<Subject, Life[]> = {
    ...{ empty: [], "hand-signed": [], naive: [], ping: [], beats: [], heartbeat: [] },
  };
  try {
    // The first run of each is not counted: its file is not cached yet.
    for (const subject of SUBJECTS) await live(subject);
    for (let round = 1; round <= rounds; round++) {
      for (const subject of SUBJECTS) lives[subject].push(await live(subject));
      console.error(
        `cold starts ${round}/${rounds}  ${SUBJECTS.map((name) => lastOf(lives, name)).join("  ")}`,
      );
    }
  } finally {
    database.stop();
  }
  const replied = (subject: Subject) => lives[subject].map((life) => life.replied);
  const first = lives.beats.map((life) => life.first);
  const following = lives.beats.map((life) => median(life.following));
  const warmed = (subject: Subject) => lives[subject].map((life) => median(life.warmed));
  return [
    { what: "ping, bundle", value: sizeOf(files.ping), unit: "B", goal: { atMost: 300 } },
    ratio("ping, CPU from start to first reply / an empty handler", replied("ping"), replied("empty"), {
      atMost: 1.1,
    }),
    ...(["beats", "heartbeat"] as const).flatMap((name): Figure[] => [
      { what: `${name}, bundle zipped`, value: zippedSizeOf(files[name]), unit: "kB", goal: { atMost: 75 } },
      {
        what: `${name}, bundle / naive`,
        value: sizeOf(files[name]) / sizeOf(files.naive),
        goal: { atMost: 0.65 },
      },
    ]),
    ratio("beats, CPU from start to first reply / naive", replied("beats"), replied("naive"), {
      atMost: 0.7,
    }),
    ratio("beats, CPU from start to first reply / signed by hand", replied("beats"), replied("hand-signed"), {
      atMost: 1.6,
    }),
    ratio("beats, CPU of the first invocation / median of the next 20", first, following, { atMost: 2 }),
    ratio(
      "beats, CPU of the first invocation / naive",
      first,
      lives.naive.map((life) => life.first),
    ),
    ratio("beats, CPU of a warm invocation / signed by hand", warmed("beats"), warmed("hand-signed"), {
      atMost: 2,
    }),
    ratio("beats, CPU of a warm invocation / naive", warmed("beats"), warmed("naive")),
  ];
};

const sizeOf = (file: string): number => readFileSync(file).length;
const zippedSizeOf = (file: string): number =>
  Math.round(deflateRawSync(readFileSync(file)).length / 100) / 10;

const lastOf = (lives: Record<Subject, Life[]>, name: Subject): string =>
  `${name} ${lives[name].at(-1)?.replied.toFixed(0)} ms`;

const liveOnce = async (node: string, file: string, env: Record<string, string>): Promise<Life> => {
  const runtime = join(import.meta.dirname, "runtime.mjs");
  const { stdout } = await run(node, [runtime, file, String(WARM_INVOCATIONS)], { env });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
};

/** Listens on loopback, with a certificate that is created for this run. */
const startDatabase = async (folder: string) => {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  await run("openssl", ["req", "-x509", ...kind, ...subject, "-keyout", key, "-out", cert]).catch((error) => {
    throw new Error(`openssl is needed to make a certificate: ${error.message}`);
  });
  const server = fork(join(import.meta.dirname, "tls-dynamodb.ts"), [key, cert]);
  const [port] = await once(server, "message");
  return {
    env: {
      AWS_ENDPOINT_URL_DYNAMODB: `https://localhost:${port}`,
      NODE_EXTRA_CA_CERTS: cert,
      AWS_ACCESS_KEY_ID: "bench",
      AWS_SECRET_ACCESS_KEY: "bench",
      AWS_SESSION_TOKEN: "bench",
      AWS_REGION: "us-east-1",
      BEATS_TABLE: "beats",
    },
    stop: () => server.disconnect(),
  };
};
