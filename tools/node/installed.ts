import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(import.meta.url);

/** The program of an installed package: in a workspace, the package can be in the node_modules of a folder above. */
const programOf = (name: string, path: string): string =>
  join(require.resolve(`${name}/package.json`), "..", path);

export const SLS = programOf("serverless", "bin/serverless.js");
export const VITEST = programOf("vitest", "vitest.mjs");
