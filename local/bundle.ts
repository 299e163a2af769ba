import { rmSync } from "node:fs";
import { basename } from "node:path";
import { build } from "esbuild";

/**
 * One ES module a function, dist/<function>.mjs, with what it imports of the SDK inside: the same file
 * is run locally and deployed.
 */
export const bundle = async (functions: string[]): Promise<void> => {
  rmSync("dist", { recursive: true, force: true });
  await build({
    entryPoints: functions.map((name) => `handlers/${basename(name)}.ts`),
    outdir: "dist",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    format: "esm",
    // ES modules first: they can be tree-shaken.
    mainFields: ["module", "main"],
    // Parts of the SDK are CommonJS and call require.
    logLevel: "warning",
    legalComments: "none",
  });
};
