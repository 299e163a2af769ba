import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { messageOf, UserError } from "../../user-error.ts";

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
const recordIn = (dataFolder: string): string => join(dataFolder, "heartbeat.json");

/** How long a start waits for another one that takes the same data folder at this moment, in milliseconds. */
const PATIENCE = 2_000;

/**
 * Starts this run's record, in this checkout and in its data folder, after it has ended the databases of killed runs.
 * The record is removed when the process ends. Returns a function that adds to it, and the pids of those databases.
 * @throws UserError when another run uses the data folder, or a folder can't be written
 */
export const openRecord = async (dataFolder: string | undefined) => {
  let record: RunRecord = { owner: processOf(process.pid) };
  const places = [join(FOLDER, `${process.pid}.json`)];
  const note = (more: Omit<RunRecord, "owner">): void => {
    record = { ...record, ...more };
    for (const place of places) write(place, record);
  };
  // Those of this checkout first: the data folder may be the one of a killed run.
  const ended = records().flatMap(endOrphan);
  process.once("exit", () => {
    for (const place of places) if (isOwner(read(place), record.owner)) remove(place);
  });
  note({});
  if (dataFolder !== undefined) {
    const place = recordIn(dataFolder);
    ended.push(
      ...(await alone(place, () => {
        const user = liveRecord(place);
        if (user) throw inUse(dataFolder, user);
        const orphan = endOrphan(place);
        write(place, record);
        places.push(place);
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
 * Runs `work`, which must not wait for anything, while no other process runs one for `place`: the file that says so can
 * be created by one process only. It is never removed for another process, which may be between two steps.
 */
const alone = async <T>(place: string, work: () => T): Promise<T> => {
  const lock = `${place}.lock`;
  const deadline = Date.now() + PATIENCE;
  while (!create(lock)) {
    if (Date.now() >= deadline) {
      throw new UserError(
        `another start is opening ${dirname(place)}: if there is none, remove ${lock}, which a killed start left behind`,
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

/** Whole: another process may read it at this moment. */
const write = (place: string, record: RunRecord): void => {
  const partial = `${place}.${process.pid}`;
  try {
    makeFolder(dirname(place));
    writeFileSync(partial, JSON.stringify(record));
    renameSync(partial, place);
  } catch (error) {
    throw notWritable(place, error);
  }
};

const makeFolder = (folder: string): void => {
  if (existsSync(folder)) return;
  try {
    // Not recursive if its parent exists: below /proc Node 20 would try for ever.
    mkdirSync(folder, { recursive: !existsSync(dirname(folder)) });
  } catch (error) {
    // Another start may have made it meanwhile.
    if (!existsSync(folder)) throw error;
  }
};

const notWritable = (place: string, error: unknown): UserError => {
  // Only the data folder is the user's choice.
  const orElse = place.startsWith(FOLDER) ? "" : ", or choose another folder in DYNAMODB_DATA";
  return new UserError(
    `the folder ${dirname(place)} can't be written: make it writable${orElse}: ${messageOf(error)}`,
  );
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
      // macOS has no /proc. The date must not depend on the shell that a command is run from.
      const env = { ...process.env, LC_ALL: "C", TZ: "UTC" };
      return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8", env }).trim();
    } catch {
      return undefined;
    }
  }
};

/** The records of runs that are alive. */
export const liveRecords = (): RunRecord[] => records().flatMap((place) => liveRecord(place) ?? []);

const liveRecord = (place: string): RunRecord | undefined => {
  const record = read(place);
  return record && isAlive(record.owner) ? record : undefined;
};

/** Removes the record of a run that was killed and ends its database. Returns the database's pid, if it was alive. */
const endOrphan = (place: string): number[] => {
  const record = read(place);
  if (!record || isAlive(record.owner)) return [];
  remove(place);
  const { database } = record;
  if (!database || !isAlive(database)) return [];
  try {
    process.kill(database.pid, "SIGKILL");
    return [database.pid];
  } catch {
    // Another start has ended it.
    return [];
  }
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
    return readdirSync(FOLDER)
      .filter((name) => name.endsWith(".json"))
      .map((name) => join(FOLDER, name));
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
