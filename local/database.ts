import { existsSync, mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { dynoxideFile } from "./dynoxide.ts";
import { ENGINES, type Engine, startEngine } from "./engines.ts";
import { endOrphan, processOf, readRecord, recordIn, removeRecord, writeRecord } from "./run-record.ts";
import type { EngineName, Settings } from "./settings.ts";
import { StartError } from "./start-error.ts";

export interface Database {
  url: string;
  /** For the user: which database, why, where. */
  description: string;
  /** Of a database that was started here. */
  pid?: number;
  stop(): Promise<void>;
}

const WAYS_OUT =
  "ways out: install Java 17+ and Maven; or run any DynamoDB, a container of it for instance, and give its URL in AWS_ENDPOINT_URL_DYNAMODB";

/** The database by the settings: the one that is given, the one that is asked for, or one that can be had. */
export const startDatabase = async (settings: Settings, say: (line: string) => void): Promise<Database> => {
  if (settings.endpoint !== undefined) {
    const description = `the one given by AWS_ENDPOINT_URL_DYNAMODB at ${settings.endpoint}`;
    return { url: settings.endpoint, description, stop: async () => {} };
  }
  const folder = settings.folder === undefined ? undefined : resolve(settings.folder);
  const written = folder === undefined ? undefined : claim(folder, say);
  const wanted = settings.engine ?? written;
  if (folder !== undefined && written !== undefined && wanted !== written) {
    throw new StartError(
      `${folder} holds beats of ${ENGINES[written].title}, which ${ENGINES[wanted ?? written].title} can't read: leave DYNAMODB out, or choose another folder in DYNAMODB_DATA`,
    );
  }
  const { engine, title, reason } = await startWanted(wanted, settings.engine, folder, say);
  const kept = folder === undefined ? "in memory" : `kept in ${folder}`;
  if (folder !== undefined) lock(folder, engine);
  return {
    ...engine,
    description: `${title} (${reason}), ${kept}, at ${engine.url}`,
    stop: async () => {
      await engine.stop();
      if (folder !== undefined) removeRecord(recordIn(folder));
    },
  };
};

const startWanted = async (
  wanted: EngineName | undefined,
  asked: EngineName | undefined,
  folder: string | undefined,
  say: (line: string) => void,
) => {
  if (wanted !== undefined) {
    const reason = asked ? `DYNAMODB=${asked}` : "the folder is its own";
    const engine = await startEngine({ engine: wanted, folder, say }).catch((error: Error) => {
      throw new StartError(
        `${ENGINES[wanted].title} can't be had (${reason}): ${error.message}; ${WAYS_OUT}`,
      );
    });
    return { engine, title: ENGINES[wanted].title, reason };
  }
  try {
    const engine = await startEngine({ engine: "local", folder, say });
    return { engine, title: ENGINES.local.title, reason: "AWS's own, as Java is here" };
  } catch (local) {
    const reason = local instanceof Error ? local.message : String(local);
    const engine = await startEngine({ engine: "embedded", folder, say }).catch((embedded: Error) => {
      throw new StartError(
        `no database can be had: DynamoDB Local: ${reason}; embedded: ${embedded.message}; ${WAYS_OUT}`,
      );
    });
    return { engine, title: ENGINES.embedded.title, reason: `not DynamoDB Local: ${reason}` };
  }
};

/** Makes sure that the folder is nobody else's. Returns the engine that wrote it. */
const claim = (folder: string, say: (line: string) => void): EngineName | undefined => {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartError(`DYNAMODB_DATA=${folder} can't be written, choose another folder: ${why}`);
  }
  const user = readRecord(recordIn(folder));
  if (user) {
    throw new StartError(
      `DYNAMODB_DATA=${folder} is in use by process ${user.owner.pid}: stop that, or choose another folder`,
    );
  }
  const orphan = endOrphan(recordIn(folder));
  if (orphan) say(`Ended the database that a killed run left behind (pid ${orphan})`);
  // Shows before anything is started whether the folder can be written.
  writeRecord(recordIn(folder), { owner: processOf(process.pid), url: "", table: "" });
  if (existsSync(dynoxideFile(folder))) return "embedded";
  return existsSync(resolve(folder, "shared-local-instance.db")) ? "local" : undefined;
};

const lock = (folder: string, engine: Engine) =>
  writeRecord(recordIn(folder), {
    owner: processOf(process.pid),
    database: processOf(engine.pid),
    url: engine.url,
    table: "",
  });
