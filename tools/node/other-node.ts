import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { cachePath } from "../local/database/cache.ts";
import { platformPackage } from "../platform-packages.ts";
import { messageOf, UserError } from "../user-error.ts";

/**
 * The path of a `node` of the given version, such as `24` or `20.19`. npm fetches it the first time, unless
 * this process runs on that version already.
 * @throws UserError if the platform has no package, or if npm can't install it
 */
export const otherNode = async (version: string): Promise<string> => {
  if (process.versions.node.startsWith(`${version}.`)) return process.execPath;
  const name = platformPackage("node");
  const home = cachePath(`node-${version}`);
  if (!existsSync(home)) await install(`${name}@${version}`, home);
  return join(home, "node_modules", name, "bin", "node");
};

/** The environment in which every `node` that a program starts, directly or by `#!/usr/bin/env node`, is this one. */
export const withNode = (node: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...env,
  PATH: [dirname(node), env["PATH"]].join(":"),
});

/** Installs into a folder of its own and renames it when it is complete. If two install at once, the first is kept. */
const install = async (spec: string, home: string): Promise<void> => {
  await mkdir(dirname(home), { recursive: true });
  const partial = await mkdtemp(`${home}.`);
  try {
    // `npm run --silent` would silence the error of this npm as well.
    await promisify(execFile)(
      "npm",
      ["install", "--no-save", "--loglevel", "error", "--prefix", partial, spec],
      { timeout: 300_000 },
    );
    await rename(partial, home).catch((error) => {
      if (!existsSync(home)) throw error;
    });
  } catch (error) {
    throw new UserError(`${spec} could not be installed: ${messageOf(error).trim()}`);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
};
