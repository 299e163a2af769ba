import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { platformPackage } from "../../platform-packages.ts";
import { UserError } from "../../user-error.ts";
import { cachePath } from "./cache.ts";

const require = createRequire(import.meta.url);
const FILE = "beats.dynoxide";

/** The database file in a data folder. */
export const dynoxideFile = (folder: string): string => join(folder, FILE);

/**
 * The command that runs the embedded engine, from the package of this platform. npm installs it on
 * Linux x64; elsewhere it is downloaded on first use.
 * @throws UserError if the package is not available, with the reason
 */
export const dynoxide = async (say: (line: string) => void) => {
  const name = platformPackage("engine");
  const command = installed(name) ?? (await fetched(name, say));
  return (port: number, folder: string | undefined) => ({
    command,
    args: [
      ...["serve", "--host", "127.0.0.1", "--port", String(port)],
      ...(folder === undefined ? [] : ["--db-path", dynoxideFile(folder)]),
    ],
  });
};

const installed = (name: string): string | undefined => {
  try {
    return join(require.resolve(`${name}/package.json`), "..", "dynoxide");
  } catch {
    return undefined;
  }
};

const fetched = async (name: string, say: (line: string) => void): Promise<string> => {
  const wanted = JSON.parse(readFileSync(join(import.meta.dirname, "../../../package.json"), "utf8"));
  const version = wanted.optionalDependencies["@dynoxide/linux-x64"];
  const spec = `${name}@${version}`;
  const prefix = cachePath(`dynoxide-${version}`);
  const command = (folder: string) => join(folder, "node_modules", name, "dynoxide");
  if (existsSync(command(prefix))) return command(prefix);
  // Installs into a temporary folder, so that an interrupted or concurrent installation is never used.
  const partial = `${prefix}.${process.pid}`;
  try {
    say(`Fetching the embedded engine, ${spec}, this once…`);
    await mkdir(partial, { recursive: true });
    await promisify(execFile)("npm", ["install", "--no-save", "--prefix", partial, spec], {
      timeout: 120_000,
    });
    if (!existsSync(command(partial))) throw new UserError(`${spec} holds no engine for this platform`);
    await rename(partial, prefix).catch(async () => {
      if (existsSync(command(prefix))) return; // Another start has downloaded it.
      await rm(prefix, { recursive: true, force: true }); // Left by an interrupted installation.
      await rename(partial, prefix);
    });
  } catch (error) {
    if (error instanceof UserError) throw error;
    const why =
      error instanceof Error ? error.message.split("\n").find((line) => line.includes("error")) : "";
    throw new UserError(`${spec} could not be installed: ${why}`);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return command(prefix);
};
