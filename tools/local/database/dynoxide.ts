import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { platformPackage } from "../../platform-packages.ts";
import { cachePath } from "./cache.ts";
import { npmProgram } from "./npm-program.ts";

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
  const command = installed(name) ?? (await download(name, say));
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

const download = (name: string, say: (line: string) => void): Promise<string> => {
  const manifest = JSON.parse(readFileSync(join(import.meta.dirname, "../../../package.json"), "utf8"));
  const version = manifest.optionalDependencies[platformPackage("engine", "linux-x64")];
  return npmProgram({
    name,
    version,
    file: "dynoxide",
    home: cachePath(`dynoxide-${version}`),
    started: (spec) => say(`Downloading the embedded engine, ${spec} (first use only)…`),
  });
};
