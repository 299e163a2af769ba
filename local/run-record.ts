import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StartError } from "./start-error.ts";

/**
 * What a running service leaves on disk, so that the next start finds a database orphaned by `kill -9`,
 * and other commands find the database of the service on a port.
 */
export interface RunRecord {
  owner: Process;
  database?: Process;
  url: string;
  table: string;
}

interface Process {
  pid: number;
  /** Tells a process from a later one of the same pid. */
  started: string;
}

const FOLDER = ".heartbeat";
export const recordOf = (httpPort: number): string => join(FOLDER, `${httpPort}.json`);
export const recordIn = (dataFolder: string): string => join(dataFolder, "heartbeat.json");
export const records = (): string[] => {
  try {
    return readdirSync(FOLDER)
      .filter((name) => name.endsWith(".json"))
      .map((name) => join(FOLDER, name));
  } catch {
    return [];
  }
};

export const processOf = (pid: number): Process => ({ pid, started: startedAt(pid) ?? "" });

const isAlive = ({ pid, started }: Process): boolean => started !== "" && startedAt(pid) === started;

const startedAt = (pid: number): string | undefined => {
  try {
    // The 22nd field, counted behind the name in parentheses, which may hold anything.
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[19];
  } catch {
    try {
      return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
    } catch {
      return undefined;
    }
  }
};

/** The record of a service that still runs. */
export const readRecord = (path: string): RunRecord | undefined => {
  const record = parse(path);
  return record && isAlive(record.owner) ? record : undefined;
};

const parse = (path: string): RunRecord | undefined => {
  try {
    const record = JSON.parse(readFileSync(path, "utf8"));
    return typeof record?.owner?.pid === "number" ? record : undefined;
  } catch {
    return undefined;
  }
};

export const writeRecord = (path: string, record: RunRecord): void => {
  try {
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, JSON.stringify(record));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartError(`${join(path, "..")} can't be written, choose a folder that can: ${why}`);
  }
};

export const removeRecord = (path: string): void => rmSync(path, { force: true });

/** Ends the database of a service that was killed. Returns the pid of one that was ended. */
export const endOrphan = (path: string): number | undefined => {
  const record = parse(path);
  if (!record || isAlive(record.owner)) return undefined;
  removeRecord(path);
  if (!record.database || !isAlive(record.database)) return undefined;
  process.kill(record.database.pid, "SIGKILL");
  return record.database.pid;
};
