import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { messageOf, UserError } from "../../user-error.ts";

interface Wanted {
  /** The npm package. */
  name: string;
  /** Its version, or a range such as `24`. */
  version: string;
  /** The path of the program in the package. */
  file: string;
  /** The folder that keeps the package. */
  home: string;
  /** Called before a download, with the package and its version. */
  started?: (spec: string) => void;
}

/**
 * The path of a program in an npm package, which npm downloads the first time.
 * @throws UserError if npm cannot install the package, with the reason
 */
export const npmProgram = async ({ name, version, file, home, started }: Wanted): Promise<string> => {
  const programIn = (folder: string) => join(folder, "node_modules", name, file);
  if (existsSync(programIn(home))) return programIn(home);
  const spec = `${name}@${version}`;
  await mkdir(dirname(home), { recursive: true });
  // Installs into a temporary folder, so that an interrupted or concurrent installation is never used.
  const partial = await mkdtemp(`${home}.`);
  try {
    started?.(spec);
    await install(spec, partial);
    if (!existsSync(programIn(partial))) throw new UserError(`${spec} has no file ${file}`);
    await rename(partial, home).catch(async () => {
      if (existsSync(programIn(home))) return; // Another process has downloaded it.
      await rm(home, { recursive: true, force: true }); // Left by an interrupted installation.
      await rename(partial, home);
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return programIn(home);
};

/** Without a network npm would wait for over a minute between its attempts. */
const RETRIES = ["--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=4000"];

const install = async (spec: string, folder: string): Promise<void> => {
  try {
    await promisify(execFile)(
      "npm",
      ["install", "--no-save", "--json", ...RETRIES, "--prefix", folder, spec],
      {
        timeout: 300_000,
      },
    );
  } catch (error) {
    throw new UserError(`${spec} could not be installed: ${npmFault(error)?.summary ?? messageOf(error)}`);
  }
};

/** The error that npm printed because of its option `--json`; undefined if it printed none. */
export const npmFault = (error: unknown): { code: string; summary: string } | undefined => {
  const output = error instanceof Error && "stdout" in error ? String(error.stdout) : "";
  try {
    const { code, summary } = JSON.parse(output).error;
    return { code: String(code), summary: String(summary).split("\n")[0] ?? "" };
  } catch {
    return undefined;
  }
};
