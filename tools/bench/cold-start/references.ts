import { join } from "node:path";
import { build } from "esbuild";

export type Reference = "empty" | "naive" | "hand-signed";

/** Bundles a reference as anybody would: one minified ES module, tree-shaken. Returns its file. */
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
