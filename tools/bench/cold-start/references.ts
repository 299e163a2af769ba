import { join } from "node:path";
import { build } from "esbuild";

export type Reference = "empty" | "naive" | "hand-signed";

/** Bundles a reference into one minified, tree-shaken ES module. Returns its file. */
export const bundleReference = async (name: Reference, folder: string): Promise<string> => {
  const outfile = join(folder, `${name}.mjs`);
  await build({
    absWorkingDir: process.cwd(),
    entryPoints: [join(import.meta.dirname, "references", `${name}.ts`)],
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    target: "node24",
    format: "esm",
    mainFields: ["module", "main"],
    logLevel: "warning",
  });
  return outfile;
};
