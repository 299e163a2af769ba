import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { messageOf, UserError } from "../../user-error.ts";
import type { Settings } from "./settings.ts";

/**
 * The file that a running service keeps on disk. With it the next start finds a database that `kill -9` left behind, a
 * data folder has one user at a time, and other commands find the service on a port and its database.
 */
export interface RunRecord extends Partial<ServiceNames> {
  owner: Process;
  /** The process of the database that the run started. */
  database?: Process;
  httpPort?: number;
  lambdaPort?: number;
  /** The URL of the database. */
  url?: string;
  table?: string;
}

export interface ServiceNames {
  service: string;
  stage: string;
  region: string;
  /** The deployed name of each function. */
  functions: Record<string, string>;
}

interface Process {
  pid: number;
  /** The start time, which distinguishes a process from a later one with the same pid. */
  started: string;
}

const FOLDER = join(".heartbeat", "run");
const recordIn = (dataFolder: string): string => join(dataFolder, "heartbeat.json");

/** Milliseconds that a start waits for another one that is taking the same data folder. */
const PATIENCE = 2_000;

/**
 * Opens the record of a run with these settings, and prints which databases it ended. `onSpawn` adds the database that the
 * run starts.
 * @throws UserError if another run uses the data folder, or if a folder cannot be written
 */
export const openRun = async (
  { folder, endpoint }: Pick<Settings, "folder" | "endpoint">,
  say: (line: string) => void,
) => {
  const { note, ended } = await openRecord(endpoint === undefined ? folder : undefined);
  for (const pid of ended) say(`Ended the database that a killed run left behind (pid ${pid})`);
  return { note, onSpawn: (pid: number) => note({ database: processOf(pid) }) };
};

/**
 * Ends the databases of killed runs and creates this run's record in the checkout and in the data folder.
 * The record is removed when the process ends. Returns a function that adds to it, and the pids of the ended databases.
 * @throws UserError if another run uses the data folder, or if a folder cannot be written
 */
export const openRecord = async (dataFolder: string | undefined) => {
  let record: RunRecord = { owner: processOf(process.pid) };
  const files = [join(FOLDER, `${process.pid}.json`)];
  const note = (more: Omit<RunRecord, "owner">): void => {
    record = { ...record, ...more };
    for (const file of files) write(file, record);
  };
  // The databases of this checkout are ended first, because a killed run can have used the data folder.
  const ended = records().flatMap(endOrphan);
  process.once("exit", () => {
    for (const file of files) if (isOwner(read(file), record.owner)) remove(file);
  });
  note({});
  if (dataFolder !== undefined) {
    const file = recordIn(dataFolder);
    ended.push(
      ...(await whileLocked(file, () => {
        const user = liveRecord(file);
        if (user) throw inUse(dataFolder, user);
        const orphan = endOrphan(file);
        write(file, record);
        files.push(file);
        return orphan;
      })),
    );
  }
  return { note, ended };
};

const isOwner = (record: RunRecord | undefined, { pid, started }: Process): boolean =>
  record?.owner.pid === pid && record.owner.started === started;

const inUse = (dataFolder: string, { owner, url }: RunRecord): UserError =>
  new UserError(
    `${dataFolder} is in use by process ${owner.pid}: stop it, choose another folder in DYNAMODB_DATA, or use its database with AWS_ENDPOINT_URL_DYNAMODB=${url ?? "<its URL>"}`,
  );

/**
 * Runs the synchronous function `work` while no other process runs one for `file`. Only one process can create the lock
 * file. No other process ever removes it, because its owner could be between two steps.
 */
const whileLocked = async <T>(file: string, work: () => T): Promise<T> => {
  const lock = `${file}.lock`;
  const deadline = Date.now() + PATIENCE;
  while (!create(lock)) {
    if (Date.now() >= deadline) {
      throw new UserError(
        `another start is opening ${dirname(file)}: if there is none, remove ${lock}, which a killed start left behind`,
      );
    }
    await after(10);
  }
  try {
    return work();
  } finally {
    remove(lock);
  }
};

/** Creates an empty file. Returns false if it exists, which another start may remove at any moment. */
const create = (path: string): boolean => {
  try {
    makeFolder(dirname(path));
  } catch (error) {
    throw notWritable(path, error);
  }
  try {
    writeFileSync(path, "", { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw notWritable(path, error);
  }
};

/** Writes by renaming, because another process may read the file at this moment. */
const write = (file: string, record: RunRecord): void => {
  const partial = `${file}.${process.pid}`;
  try {
    makeFolder(dirname(file));
    writeFileSync(partial, JSON.stringify(record));
    renameSync(partial, file);
  } catch (error) {
    throw notWritable(file, error);
  }
};

const makeFolder = (folder: string): void => {
  if (existsSync(folder)) return;
  try {
    // Recursive only if needed: below /proc, Node 20 would try forever.
    mkdirSync(folder, { recursive: !existsSync(dirname(folder)) });
  } catch (error) {
    // Another start may have created it.
    if (!existsSync(folder)) throw error;
  }
};

const notWritable = (file: string, error: unknown): UserError => {
  // The user can choose only the data folder.
  const orElse = file.startsWith(FOLDER) ? "" : ", or choose another folder in DYNAMODB_DATA";
  return new UserError(
    `the folder ${dirname(file)} cannot be written: make it writable${orElse}: ${messageOf(error)}`,
  );
};

const processOf = (pid: number): Process => ({ pid, started: startedAt(pid) ?? "" });

const isAlive = ({ pid, started }: Process): boolean => started !== "" && startedAt(pid) === started;

const startedAt = (pid: number): string | undefined => {
  try {
    // The fields follow the name in parentheses, which can contain anything. A zombie has ended.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    try {
      // macOS has no /proc. The date must not depend on the locale and time zone of the shell.
      const env = { ...process.env, LC_ALL: "C", TZ: "UTC" };
      return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8", env }).trim();
    } catch {
      return undefined;
    }
  }
};

/** The records of running services. */
export const liveRecords = (): RunRecord[] => records().flatMap((file) => liveRecord(file) ?? []);

const liveRecord = (file: string): RunRecord | undefined => {
  const record = read(file);
  return record && isAlive(record.owner) ? record : undefined;
};

/** Removes the record of a killed run and ends its database. Returns the pid of the database if it was running. */
const endOrphan = (file: string): number[] => {
  const record = read(file);
  if (!record || isAlive(record.owner)) return [];
  remove(file);
  const { database } = record;
  if (!database || !isAlive(database)) return [];
  try {
    process.kill(database.pid, "SIGKILL");
    return [database.pid];
  } catch {
    // Another start has ended it already.
    return [];
  }
};

const remove = (file: string): void => {
  try {
    rmSync(file, { force: true });
  } catch {
    // The folder is gone or cannot be written. The record of an ended run has no effect.
  }
};

const records = (): string[] => {
  try {
    return readdirSync(FOLDER)
      .filter((name) => name.endsWith(".json"))
      .map((name) => join(FOLDER, name));
  } catch {
    return [];
  }
};

const read = (file: string): RunRecord | undefined => {
  try {
    const record = JSON.parse(readFileSync(file, "utf8"));
    return typeof record?.owner?.pid === "number" ? record : undefined;
  } catch {
    return undefined;
  }
};
