import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plugin } from "esbuild";
import { messageOf, UserError } from "../user-error.ts";

const MADE_FROM = join("dist", ".made-from");
const bundleOf = (name: string): string => join("dist", `${name}.mjs`);

/**
 * One ES module a function, dist/<function>.mjs, with what it imports of the SDK inside: the same file
 * is run locally and deployed.
 */
export const bundle = async (functions: string[]): Promise<void> => {
  // Before they are read: sources that change meanwhile are bundled again.
  const madeFrom = fingerprint(functions);
  const { build, stop } = await import("esbuild");
  const { outputFiles } = await build({
    absWorkingDir: process.cwd(),
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
    plugins: [builtinsAsTheyAre],
    // What Lambda never runs stays out (docs/adr/0009): all credentials but those in the environment, which are
    // the ones that it gives, a cache of endpoints that is made and never used, and DynamoDB has no event streams.
    alias: {
      "@aws-sdk/credential-provider-node": "./tools/build/environment-credentials.ts",
      "@aws-sdk/endpoint-cache": "./tools/build/no-endpoint-cache.ts",
    },
    external: ["@smithy/core/event-streams"],
    // Asked for, it is loaded, only to find that no body is one.
    define: { ReadableStream: "undefined" },
    legalComments: "none",
    // Whole bundles in one line each would stand before any stack trace.
    lineLimit: 200,
    logLevel: "warning",
    write: false,
  }).catch(() => {
    throw new UserError("the handlers can't be bundled, for the reasons above");
  });
  // Else its process stays as long as ours, with 80 MB.
  await stop();
  writeAtomically(MADE_FROM, "not made whole yet");
  for (const { path, contents } of outputFiles) writeAtomically(path, contents);
  writeAtomically(MADE_FROM, madeFrom);
};

/**
 * Node reads every export of a builtin that an ES module imports: of node:http, in Node 24, undici among them, 40 ms
 * of CPU that nobody has asked for. A bundle takes the builtin as it is; behind an object of its own, whose
 * exports, none, are all that esbuild reads.
 */
const builtinsAsTheyAre: Plugin = {
  name: "builtins-as-they-are",
  setup({ onResolve, onLoad }) {
    const namespace = "builtin";
    onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace, sideEffects: false }));
    onLoad({ filter: /.*/, namespace }, ({ path }) => ({
      contents: `module.exports = Object.create(process.getBuiltinModule("${path}"))`,
    }));
  },
};

/** Most of a start's time would go into bundling what is bundled already. */
export const bundleIfChanged = async (functions: string[]): Promise<void> => {
  const there = [MADE_FROM, ...functions.map(bundleOf)].every(existsSync);
  if (!there || readFileSync(MADE_FROM, "utf8") !== fingerprint(functions)) await bundle(functions);
};

/** `sls invoke local` requires a handler, which it looks for in .js and then .cjs files; ours await their first read. */
export const bundleForInvokeLocal = async (functions: string[]): Promise<void> => {
  await bundleIfChanged(functions);
  for (const name of functions) {
    // What an earlier version made would be found first.
    rmSync(join("dist", `${name}.js`), { force: true });
    const handler = `async (...call) => (await import("./${name}.mjs")).handler(...call)`;
    writeAtomically(join("dist", `${name}.cjs`), `exports.handler = ${handler};\n`);
  }
};

/** Of all that a bundle is made from. */
const fingerprint = (functions: string[]): string => {
  const sources = ["handlers", "lib"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const hash = createHash("sha256").update(functions.join());
  for (const file of [...sources.sort(), "tools/build/bundle.ts", "package-lock.json"]) {
    hash.update(`\0${file}\0`).update(readFileSync(file));
  }
  return hash.digest("hex");
};

/** Puts a file in place whole: another service may run from here, and load it at this moment. */
const writeAtomically = (path: string, contents: string | Uint8Array): void => {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.${process.pid}`, contents);
    renameSync(`${path}.${process.pid}`, path);
  } catch (error) {
    throw new UserError(`${path} can't be written, make its folder writable: ${messageOf(error)}`);
  }
};
