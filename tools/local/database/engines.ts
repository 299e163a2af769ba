import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Socket } from "node:net";
import { setTimeout as after } from "node:timers/promises";
import { UserError } from "../../user-error.ts";
import { freePort } from "../environment/ports.ts";
import type { EngineName } from "../environment/settings.ts";
import { dynamoDbLocal } from "./dynamodb-local.ts";
import { dynoxide } from "./dynoxide.ts";

export interface Engine {
  url: string;
  stop(): Promise<void>;
}

export const ENGINES = {
  local: { title: "DynamoDB Local", find: dynamoDbLocal },
  embedded: { title: "Dynoxide, the embedded engine", find: dynoxide },
} as const;

export interface EngineOptions {
  /** The folder that keeps the data; in memory if absent. */
  folder?: string | undefined;
  say?: (line: string) => void;
  /** Called with the pid as soon as the process exists. */
  onSpawn?: (pid: number) => void;
}

/** Starts an engine on a free port. @throws UserError if it is not available or does not start */
export const startEngine = async (
  engine: EngineName,
  { folder, say = () => {}, onSpawn = () => {} }: EngineOptions = {},
): Promise<Engine> => {
  const { title, find } = ENGINES[engine];
  const commandFor = await find(say);
  const port = await freePort();
  const { command, args } = commandFor(port, folder);
  // In its own process group, so that Ctrl+C reaches only this process, which stops the engine last.
  const child = spawn(command, args, { detached: true, stdio: ["ignore", "ignore", "pipe"] });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("exit", () => process.off("exit", kill));
  const url = `http://127.0.0.1:${port}`;
  if (child.pid !== undefined) onSpawn(child.pid);
  await waitForReply(child, url, title);
  // The engine must not keep a finished command alive. The type of a pipe lacks its handle.
  child.unref();
  if (child.stderr instanceof Socket) child.stderr.unref();
  const lost = (code: number | null, signal: string | null) =>
    say(
      `the database exited with ${signal ?? `code ${code}`}: beats fail until you stop this command and start it again`,
    );
  child.once("exit", lost);
  return {
    url,
    stop: () => {
      child.off("exit", lost);
      return stop(child);
    },
  };
};

const waitForReply = async (child: ChildProcess, url: string, title: string): Promise<void> => {
  let errorOutput = "";
  let ended: string | undefined;
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    errorOutput = (errorOutput + text).slice(-500);
  });
  child.once("error", (error) => {
    ended = error.message;
  });
  // At "close", unlike "exit", all output has been read.
  child.once("close", (code, signal) => {
    ended ??= `it ended with ${signal ?? code}: ${errorOutput.trim().split("\n").at(-1) ?? ""}`;
  });
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    if (ended !== undefined) throw new UserError(`${title} did not start: ${ended}`);
    const reply = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    if (reply) return;
    await after(20);
  }
  await stop(child);
  throw new UserError(`${title} did not respond at ${url} within a minute`);
};

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  const timeout = setTimeout(() => child.kill("SIGKILL"), 2_000);
  await gone;
  clearTimeout(timeout);
};
