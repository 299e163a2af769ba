import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../user-error.ts";
import type { EngineName, Settings } from "../environment/settings.ts";
import { dynoxideFile } from "./dynoxide.ts";
import { ENGINES, type Engine, type EngineOptions, startEngine } from "./engines.ts";

export interface Database extends Engine {
  /** For the user: which database, why, where. */
  description: string;
}

const WAYS_OUT =
  "ways out: install Java 17+ and Maven; or leave DYNAMODB out; or run any DynamoDB, a container of it for instance, and give its URL in AWS_ENDPOINT_URL_DYNAMODB";

/**
 * The database by the settings: the one that is given, the one that is asked for, or one that can be had.
 * @throws UserError saying what can't be had, why, and the ways out
 */
export const startDatabase = async (
  { endpoint, engine: asked, folder }: Settings,
  options: EngineOptions,
): Promise<Database> => {
  if (endpoint !== undefined) {
    // Without a user and password that may stand in it.
    const description = `the one given by AWS_ENDPOINT_URL_DYNAMODB, at ${new URL(endpoint).origin}`;
    return { url: endpoint, description, stop: async () => {} };
  }
  const written = folder === undefined ? undefined : writerOf(folder);
  if (folder !== undefined && written !== undefined && asked !== undefined && asked !== written) {
    throw new UserError(
      `${folder} holds beats of ${ENGINES[written].title}, which ${ENGINES[asked].title} can't read: leave DYNAMODB out, or choose another folder in DYNAMODB_DATA`,
    );
  }
  const wanted = asked ?? written;
  const { engine, title, reason } =
    wanted === undefined
      ? await startEither({ ...options, folder })
      : await startWanted(wanted, asked ? `DYNAMODB=${asked}` : "the data folder is its own", {
          ...options,
          folder,
        });
  const kept = folder === undefined ? "in memory" : `kept in ${folder}`;
  return { ...engine, description: `${title} (${reason}), ${kept}, at ${engine.url}` };
};

/** The engine whose files lie in `folder`. */
const writerOf = (folder: string): EngineName | undefined => {
  if (existsSync(dynoxideFile(folder))) return "embedded";
  return existsSync(join(folder, "shared-local-instance.db")) ? "local" : undefined;
};

const startWanted = async (wanted: EngineName, reason: string, options: EngineOptions) => {
  const { title } = ENGINES[wanted];
  const engine = await startEngine(wanted, options).catch((error) => {
    throw new UserError(`${title} can't be had (${reason}): ${whyOf(error)}; ${WAYS_OUT}`);
  });
  return { engine, title, reason };
};

const startEither = async (options: EngineOptions) => {
  try {
    const engine = await startEngine("local", options);
    return { engine, title: ENGINES.local.title, reason: "AWS's own, as Java is here" };
  } catch (error) {
    const reason = `DynamoDB Local can't be had: ${whyOf(error)}`;
    return startWanted("embedded", reason, options);
  }
};

/** Any other error is a fault of ours and is shown whole. */
const whyOf = (error: unknown): string => {
  if (error instanceof UserError) return error.message;
  throw error;
};
