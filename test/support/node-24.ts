import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cachePath } from "../../local/cache.ts";

/** A Node 24, what the functions run on in the cloud; fetched through npm the first time. */
export const node24 = async (): Promise<string> => {
  const name = `node-${process.platform}-${process.arch}`;
  const home = cachePath("node-24");
  if (!existsSync(home)) await install(`${name}@24`, home);
  return join(home, "node_modules", name, "bin", "node");
};

/** All or nothing, and whoever is first of several. */
const install = async (spec: string, home: string): Promise<void> => {
  await mkdir(join(home, ".."), { recursive: true });
  const partial = await mkdtemp(`${home}.`);
  try {
    await promisify(execFile)("npm", ["install", "--no-save", "--prefix", partial, spec], {
      timeout: 100_000,
    });
    await rename(partial, home).catch((error) => {
      if (!existsSync(home)) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
};
