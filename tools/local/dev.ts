import { spawn } from "node:child_process";
import { once } from "node:events";
import { SLS } from "../node/installed.ts";
import { exitWithError } from "../user-error.ts";
import { DATABASE_DESCRIPTION, type Database, startDatabase } from "./database/database.ts";
import { openRun } from "./environment/run-record.ts";
import { loadSettings } from "./environment/settings.ts";
import { onStopSignal } from "./environment/stop-signals.ts";
import { type RunningService, runOneService } from "./one-service.ts";
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
  let database: Database | undefined;
  let service: ReturnType<typeof runOneService> | undefined;
  onStopSignal(async () => {
    await service?.stop();
    await database?.stop();
    process.exit(0);
  });
  database = await openDatabase();
  const { url, description } = database;
  const env = { ...process.env, AWS_ENDPOINT_URL_DYNAMODB: url, [DATABASE_DESCRIPTION]: description };
  const running = runOneService(() => start(args, env));
  service = running;

  let timer: NodeJS.Timeout | undefined;
  const restart = (path: string) => {
    console.log(`${path} changed: starting again`);
    running.restart().catch(exitWithError);
  };
  watchFiles(
    ".",
    (path) => {
      clearTimeout(timer);
      timer = setTimeout(restart, SETTLED_MS, path);
    },
    WATCHED,
  );
};

/** Starts the database that the service uses, or uses the one at AWS_ENDPOINT_URL_DYNAMODB. */
const openDatabase = async (): Promise<Database> => {
  const settings = loadSettings(process.env);
  const { onSpawn } = await openRun(settings, console.log);
  return startDatabase(settings, { say: console.log, onSpawn });
};

const start = (args: string[], env: NodeJS.ProcessEnv): RunningService => {
  // The service ends with this process: it sees that the channel closes, also after a kill -9.
  const child = spawn(process.execPath, [SLS, "offline", ...args], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env,
  });
  const report = (code: number | null, signal: NodeJS.Signals | null) =>
    console.log(
      `the service ended with ${signal ?? `code ${code}`}: change a file to start it again, or press Ctrl+C`,
    );
  child.once("exit", report);
  return {
    end: async (signal) => {
      child.off("exit", report);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill(signal);
      const timeout = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
      await ended;
      clearTimeout(timeout);
    },
  };
};

main(process.argv.slice(2)).catch(exitWithError);
