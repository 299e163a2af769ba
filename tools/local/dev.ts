import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { SLS } from "../node/installed.ts";
import { exitWithError } from "../user-error.ts";
import { type Database, startDatabase } from "./database/database.ts";
import { openRun } from "./environment/run-record.ts";
import { loadSettings } from "./environment/settings.ts";
import { watchFiles } from "./watch-files.ts";

/** The files and folders that make the service. */
const WATCHED = ["handlers", "lib", "cloud", "tools", "serverless.yml", "package.json"];

/** An editor can write a file in several steps, and a formatter or `git checkout` several files. */
const SETTLED_MS = 100;
/** The time within which a stopped service must end. */
const STOP_MS = 4_000;

/**
 * `npm run dev`: runs `sls offline` with the given arguments, and again after each change of a file. The database runs on,
 * so the beats are kept.
 */
const main = async (args: string[]): Promise<void> => {
  const database = await openDatabase();
  let service = start(database, args);
  let timer: NodeJS.Timeout | undefined;

  const restart = async (file: string) => {
    console.log(`${file} changed: starting again`);
    // Nothing is lost: a beat that is not acknowledged was not counted, or it counts once when it is delivered again.
    await end(service, "SIGKILL");
    service = start(database, args);
  };
  const changed = (file: string) => {
    clearTimeout(timer);
    timer = setTimeout(() => restart(file).catch(exitWithError), SETTLED_MS);
  };
  watchFiles(".", changed, WATCHED);

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, async () => {
      clearTimeout(timer);
      const killed = setTimeout(() => service.kill("SIGKILL"), STOP_MS);
      await end(service, "SIGTERM");
      clearTimeout(killed);
      await database.stop();
      process.exit(0);
    });
  }
};

/** Starts the database that the service uses, or uses the one at AWS_ENDPOINT_URL_DYNAMODB. */
const openDatabase = async (): Promise<Database> => {
  const settings = loadSettings(process.env);
  const { onSpawn } = await openRun(settings, console.log);
  const database = await startDatabase(settings, { say: console.log, onSpawn });
  console.log(`database  ${database.description}`);
  return database;
};

const start = ({ url }: Database, args: string[]): ChildProcess => {
  // The service ends with this process: it sees that the channel closes, also after a kill -9.
  const service = spawn(process.execPath, [SLS, "offline", ...args], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: { ...process.env, AWS_ENDPOINT_URL_DYNAMODB: url },
  });
  service.on("exit", (code, signal) => {
    if (signal === null) console.log(`the service ended with code ${code}: change a file to start it again`);
  });
  return service;
};

const end = async (service: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (service.exitCode !== null || service.signalCode !== null) return;
  const ended = once(service, "exit");
  service.kill(signal);
  await ended;
};

main(process.argv.slice(2)).catch(exitWithError);
