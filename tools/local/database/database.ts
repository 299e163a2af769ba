import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../user-error.ts";
import type { EngineName, Settings } from "../environment/settings.ts";
import { dynoxideFile } from "./dynoxide.ts";
import { ENGINES, type Engine, type EngineOptions, startEngine } from "./engines.ts";

export interface Database extends Engine {
  /** Names the database, the reason for the choice, and the URL. */
  description: string;
}

/** The variable in which `npm run dev` passes the description of its database to the service. */
export const DATABASE_DESCRIPTION = "HEARTBEAT_DATABASE";

const ALTERNATIVES =
  "install Java 17+ and Maven; or leave DYNAMODB unset; or run any DynamoDB, for example in a container, and set AWS_ENDPOINT_URL_DYNAMODB to its URL";

/**
 * Starts the database that the settings request, or the best available one; or uses the one at the given URL.
 * @throws UserError if the requested database is not available, with the reason and alternatives
 */
export const startDatabase = async (
  { endpoint, engine: asked, folder }: Settings,
  options: EngineOptions,
): Promise<Database> => {
  if (endpoint !== undefined) {
    // Without the user name and password that the URL may contain.
    const description =
      process.env[DATABASE_DESCRIPTION] ?? `from AWS_ENDPOINT_URL_DYNAMODB, at ${new URL(endpoint).origin}`;
    return { url: endpoint, description, stop: async () => {} };
  }
  const written = folder === undefined ? undefined : writerOf(folder);
  if (folder !== undefined && written !== undefined && asked !== undefined && asked !== written) {
    throw new UserError(
      `${folder} contains data of ${ENGINES[written].title}, which ${ENGINES[asked].title} cannot read: leave DYNAMODB unset, or choose another folder in DYNAMODB_DATA`,
    );
  }
  const wanted = asked ?? written;
  const { engine, title, reason } =
    wanted === undefined
      ? await startEither({ ...options, folder })
      : await startWanted(wanted, asked ? `DYNAMODB=${asked}` : "it wrote the data folder", {
          ...options,
          folder,
        });
  const kept = folder === undefined ? "in memory" : `kept in ${folder}`;
  return { ...engine, description: `${title} (${reason}), ${kept}, at ${engine.url}` };
};

/** The engine that wrote the data folder. */
const writerOf = (folder: string): EngineName | undefined => {
  if (existsSync(dynoxideFile(folder))) return "embedded";
  return existsSync(join(folder, "shared-local-instance.db")) ? "local" : undefined;
};

const startWanted = async (wanted: EngineName, reason: string, options: EngineOptions) => {
  const { title } = ENGINES[wanted];
  const engine = await startEngine(wanted, options).catch((error) => {
    throw new UserError(`${title} is not available (${reason}): ${whyOf(error)}; ${ALTERNATIVES}`);
  });
  return { engine, title, reason };
};

const startEither = async (options: EngineOptions) => {
  try {
    const engine = await startEngine("local", options);
    return { engine, title: ENGINES.local.title, reason: "made by AWS; Java is available" };
  } catch (error) {
    const reason = `DynamoDB Local is not available: ${whyOf(error)}`;
    return startWanted("embedded", reason, options);
  }
};

/** Any other error is a bug and is shown with its stack. */
const whyOf = (error: unknown): string => {
  if (error instanceof UserError) return error.message;
  throw error;
};
