import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { cachePath } from "./cache.ts";
import { StartError } from "./start-error.ts";

const require = createRequire(import.meta.url);
const FILE = "beats.dynoxide";

/** The file that holds the beats of a data folder. */
export const dynoxideFile = (folder: string): string => join(folder, FILE);

/**
 * The command that runs the embedded engine: of this platform's package, which npm installs on
 * Linux x64 and which is fetched on first use elsewhere.
 * @throws StartError saying why it can't be had here
 */
export const dynoxide = async (say: (line: string) => void) => {
  const command = installed() ?? (await fetched(say));
  return (port: number, folder: string | undefined) => ({
    command,
    args: [
      ...["serve", "--host", "127.0.0.1", "--port", String(port)],
      ...(folder === undefined ? [] : ["--db-path", dynoxideFile(folder)]),
    ],
  });
};

const platform = `${process.platform}-${process.arch}`;

const installed = (): string | undefined => {
  try {
    return join(require.resolve(`@dynoxide/${platform}/package.json`), "..", "dynoxide");
  } catch {
    return undefined;
  }
};

const fetched = async (say: (line: string) => void): Promise<string> => {
  const wanted = JSON.parse(readFileSync(join(import.meta.dirname, "..", "package.json"), "utf8"));
  const version = wanted.optionalDependencies["@dynoxide/linux-x64"];
  const spec = `@dynoxide/${platform}@${version}`;
  const prefix = cachePath(`dynoxide-${version}`);
  const path = join(prefix, "node_modules", "@dynoxide", platform, "dynoxide");
  if (existsSync(path)) return path;
  try {
    say(`Fetching the embedded engine, ${spec}, this once…`);
    await mkdir(prefix, { recursive: true });
    await promisify(execFile)("npm", ["install", "--no-save", "--prefix", prefix, spec], {
      timeout: 120_000,
    });
  } catch (error) {
    const why =
      error instanceof Error ? error.message.split("\n").find((line) => line.includes("error")) : "";
    throw new StartError(`${spec} could not be installed: ${why}`);
  }
  if (!existsSync(path)) throw new StartError(`${spec} holds no engine for this platform`);
  return path;
};
