import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { StartError } from "./start-error.ts";

/**
 * One ES module a function, dist/<function>.mjs, with what it imports of the SDK inside: the same file
 * is run locally and deployed.
 */
export const bundle = async (functions: string[]): Promise<void> => {
  const { outputFiles } = await build({
    entryPoints: functions.map((name) => `handlers/${name}.ts`),
    outdir: "dist",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    format: "esm",
    // The SDK's ES modules can be tree-shaken, its CommonJS can't.
    mainFields: ["module", "main"],
    legalComments: "none",
    logLevel: "warning",
    write: false,
  });
  for (const { path, contents } of outputFiles) place(path, contents);
};

/** `sls invoke local` looks for a handler in .js and .cjs files only. */
export const bundleForInvokeLocal = async (functions: string[]): Promise<void> => {
  await bundle(functions);
  for (const name of functions) place(join("dist", `${name}.js`), `export * from "./${name}.mjs";\n`);
};

/** Puts a file in place whole: another service may run from here, and load it at this moment. */
const place = (path: string, contents: string | Uint8Array): void => {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.${process.pid}`, contents);
    renameSync(`${path}.${process.pid}`, path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartError(`${path} can't be written, make its folder writable: ${why}`);
  }
};
