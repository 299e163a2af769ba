import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { messageOf, StartError } from "./start-error.ts";

/**
 * What a run leaves on disk while it lives: so the next start finds a database orphaned by `kill -9`, a
 * data folder has one user at a time, and other commands find the database of the service on a port.
 */
export interface RunRecord extends Partial<ServiceNames> {
  owner: Process;
  /** Of a database that the run started. */
  database?: Process;
  httpPort?: number;
  lambdaPort?: number;
  /** Of the database. */
  url?: string;
  table?: string;
}

export interface ServiceNames {
  service: string;
  stage: string;
  region: string;
  /** The name that each function is deployed and invoked by. */
  functions: Record<string, string>;
}

interface Process {
  pid: number;
  /** Tells a process from a later one of the same pid. */
  started: string;
}

const FOLDER = join(".heartbeat", "run");
export const ownRecord = join(FOLDER, `${process.pid}.json`);
export const recordIn = (dataFolder: string): string => join(dataFolder, "heartbeat.json");

/** Starts this run's record at each place; the returned function adds to it. Gone when the process ends. */
export const openRecord = (places: string[]) => {
  let record: RunRecord = { owner: processOf(process.pid) };
  const note = (more: Omit<RunRecord, "owner">): void => {
    record = { ...record, ...more };
    for (const place of places) write(place, record);
  };
  process.once("exit", () => places.forEach(remove));
  note({});
  return note;
};

const write = (place: string, record: RunRecord): void => {
  try {
    const folder = dirname(place);
    // Only if need be: below /proc Node 20 would try for ever.
    if (!existsSync(folder)) mkdirSync(folder, { recursive: !existsSync(dirname(folder)) });
    writeFileSync(place, JSON.stringify(record));
  } catch (error) {
    // Only the data folder is the user's choice.
    const orElse = place === ownRecord ? "" : ", or choose another folder in DYNAMODB_DATA";
    throw new StartError(
      `the folder ${dirname(place)} can't be written: make it writable${orElse}: ${messageOf(error)}`,
    );
  }
};

export const processOf = (pid: number): Process => ({ pid, started: startedAt(pid) ?? "" });

const isAlive = ({ pid, started }: Process): boolean => started !== "" && startedAt(pid) === started;

const startedAt = (pid: number): string | undefined => {
  try {
    // Counted behind the name in parentheses, which may hold anything; a zombie has ended.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    try {
      // macOS has no /proc.
      return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
    } catch {
      return undefined;
    }
  }
};

/** The records of runs that are alive. */
export const liveRecords = (): RunRecord[] => records().flatMap((place) => liveRecord(place) ?? []);

export const liveRecord = (place: string): RunRecord | undefined => {
  const record = read(place);
  return record && isAlive(record.owner) ? record : undefined;
};

/** Ends the databases of runs that were killed, found at `places` and in this checkout. Returns their pids. */
export const endOrphans = (places: string[]): number[] => {
  const ended = new Set<number>();
  for (const place of [...records(), ...places]) {
    const record = read(place);
    if (!record || isAlive(record.owner)) continue;
    remove(place);
    // One database can stand in two records.
    if (!record.database || ended.has(record.database.pid) || !isAlive(record.database)) continue;
    process.kill(record.database.pid, "SIGKILL");
    ended.add(record.database.pid);
  }
  return [...ended];
};

const remove = (place: string): void => {
  try {
    rmSync(place, { force: true });
  } catch {
    // It could not be written either, or its folder is gone; a record of a dead run means nothing.
  }
};

const records = (): string[] => {
  try {
    return readdirSync(FOLDER).map((name) => join(FOLDER, name));
  } catch {
    return [];
  }
};

const read = (place: string): RunRecord | undefined => {
  try {
    const record = JSON.parse(readFileSync(place, "utf8"));
    return typeof record?.owner?.pid === "number" ? record : undefined;
  } catch {
    return undefined;
  }
};
