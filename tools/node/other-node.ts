import { dirname } from "node:path";
import { cachePath } from "../local/database/cache.ts";
import { npmProgram } from "../local/database/npm-program.ts";
import { platformPackage } from "../platform-packages.ts";

/**
 * The path of a `node` of the given version, such as `24` or `20.19`. npm fetches it the first time, unless
 * this process runs on that version already.
 * @throws UserError if the platform has no package, or if npm can't install it
 */
export const otherNode = async (version: string): Promise<string> => {
  if (process.versions.node.startsWith(`${version}.`)) return process.execPath;
  const home = cachePath(`node-${version}`);
  return npmProgram({ name: platformPackage("node"), version, file: "bin/node", home });
};

/** The environment in which every `node` that a program starts, directly or by `#!/usr/bin/env node`, is this one. */
export const withNode = (node: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...env,
  PATH: [dirname(node), env["PATH"]].join(":"),
});
