import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as after } from "node:timers/promises";
import { dynamoDbLocal } from "./dynamodb-local.ts";
import { dynoxide } from "./dynoxide.ts";
import type { EngineName } from "./settings.ts";
import { StartError } from "./start-error.ts";

export interface Engine {
  url: string;
  pid: number;
  stop(): Promise<void>;
}

export const ENGINES = {
  local: { title: "DynamoDB Local", find: dynamoDbLocal },
  embedded: { title: "the embedded engine (Dynoxide)", find: dynoxide },
} as const;

/** Starts an engine on a free port of its own. @throws StartError when it can't be had or does not come up */
export const startEngine = async ({
  engine,
  folder,
  say = () => {},
}: {
  engine: EngineName;
  folder?: string | undefined;
  say?: (line: string) => void;
}): Promise<Engine> => {
  const commandFor = await ENGINES[engine].find(say);
  const port = await freePort();
  const { command, args } = commandFor(port, folder);
  // A group of its own: a Ctrl+C in the terminal reaches us alone, and we stop it when all else has stopped.
  const child = spawn(command, args, { detached: true, stdio: ["ignore", "ignore", "pipe"] });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("exit", () => process.off("exit", kill));
  const url = `http://127.0.0.1:${port}`;
  await answering(child, url, ENGINES[engine].title);
  child.unref();
  if ("unref" in child.stderr && typeof child.stderr.unref === "function") child.stderr.unref();
  return { url, pid: child.pid ?? 0, stop: () => stop(child) };
};

const answering = async (child: ChildProcess, url: string, title: string): Promise<void> => {
  let fault = "";
  let ended: string | undefined;
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    fault = (fault + text).slice(-500);
  });
  child.once("error", (error) => {
    ended = error.message;
  });
  child.once("exit", (code, signal) => {
    ended ??= `it ended with ${signal ?? code}: ${fault.trim().split("\n").at(-1) ?? ""}`;
  });
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    if (ended !== undefined) throw new StartError(`${title} did not start: ${ended}`);
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    if (answer) return;
    await after(20);
  }
  await stop(child);
  throw new StartError(`${title} did not answer at ${url} within a minute`);
};

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  const patience = setTimeout(() => child.kill("SIGKILL"), 2_000);
  await gone;
  clearTimeout(patience);
};

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
};

/** @throws StartError naming the setting, when something listens on `port` already */
export const requireFree = async (name: string, port: number): Promise<void> => {
  const server = createServer();
  try {
    server.listen(port, "localhost");
    await once(server, "listening");
  } catch {
    throw new StartError(
      `port ${port} is in use: stop what listens there, or choose another with ${name}=<port>`,
    );
  } finally {
    server.close();
  }
};
