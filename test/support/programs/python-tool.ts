import { execFile } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { mkdir, mkdtemp, rename, symlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { cachePath } from "../../../tools/local/database/cache.ts";

const run = promisify(execFile);

/**
 * The folder of the commands of a tool from PyPI, in a virtual environment of its own that is kept for all
 * checkouts: such tools' dependencies contradict each other.
 * @throws Error saying why it can't be had here
 */
export const pythonTool = async (name: string, version: string): Promise<string> => {
  const kept = cachePath(`${name}-${version}`);
  if (!works(kept)) await install(`${name}==${version}`, kept);
  return join(kept, "bin");
};

/** False also where the python that it was made with has gone since. */
const works = (environment: string): boolean => existsSync(join(environment, "bin", "python"));

/**
 * A virtual environment can't be moved once it is made, so it is made under a name of its own, and only when
 * it is whole does a link to it get the name that is looked for. Of two made at once the first stays.
 */
const install = async (requirement: string, kept: string): Promise<void> => {
  await mkdir(cachePath(), { recursive: true });
  const made = await mkdtemp(`${kept}.`);
  const link = `${made}.link`;
  const discard = () => {
    for (const path of [link, made]) rmSync(path, { recursive: true, force: true });
  };
  process.once("exit", discard);
  try {
    await python("python3", ["-m", "venv", made]);
    console.log(`Fetching ${requirement} from PyPI, this once…`);
    await python(join(made, "bin", "python"), ["-m", "pip", "install", "--quiet", "--no-input", requirement]);
    if (works(kept)) return discard();
    await symlink(basename(made), link);
    await rename(link, kept);
  } catch (error) {
    discard();
    const why = error instanceof Error ? error.message : error;
    throw new Error(`${requirement} could not be installed: ${why}`, { cause: error });
  } finally {
    process.off("exit", discard);
  }
};

const python = async (command: string, args: string[]): Promise<void> => {
  try {
    await run(command, args, { timeout: 300_000 });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if ("code" in error && error.code === "ENOENT") throw new Error("no python3 was found");
    // venv speaks on stdout, pip on stderr.
    const output = ["stderr", "stdout"].map((name) => Reflect.get(error, name) ?? "").join("\n");
    throw new Error(output.trim().split("\n").slice(0, 5).join(" ") || error.message);
  }
};
