import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Metafile, Plugin } from "esbuild";
import { messageOf, UserError } from "../user-error.ts";
import { keepJobNames } from "./keep-names.ts";

export interface BundleOptions {
  /** Also writes dist/<function>.mjs.map, with which stack traces and debuggers name the lines of the TypeScript files. */
  sourceMaps?: boolean;
}

/**
 * Bundles handlers/<function>.ts and everything that it imports into one ES module, dist/<function>.mjs. The same code
 * runs locally and on AWS.
 * @throws UserError if a handler cannot be bundled; esbuild has printed the reason. Also if a file exports no `handler`
 */
export const bundle = async (
  functions: string[],
  { sourceMaps = false }: BundleOptions = {},
): Promise<void> => {
  const { build, stop } = await import("esbuild");
  const { outputFiles, metafile } = await build({
    absWorkingDir: process.cwd(),
    entryPoints: functions.map((name) => `handlers/${name}.ts`),
    outdir: "dist",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    format: "esm",
    // Only the SDK's ES modules can be tree-shaken.
    mainFields: ["module", "main"],
    plugins: [lazyBuiltins, keepJobNames],
    // Left out because Lambda never needs it (docs/adr/0009): credential providers other than the environment, and event
    // streams, which no DynamoDB operation uses.
    alias: { "@aws-sdk/credential-provider-node": "./tools/build/environment-credentials.ts" },
    external: ["@smithy/core/event-streams"],
    legalComments: "none",
    sourcemap: sourceMaps && "linked",
    // Shorter lines keep a stack trace readable: Node.js prints the line of the error first.
    lineLimit: 200,
    logLevel: "warning",
    write: false,
    metafile: true,
  }).catch(() => {
    throw new UserError("the handlers cannot be bundled: correct the errors above");
  });
  // Otherwise esbuild's process, with 80 MB, stays until this process ends.
  await stop();
  checkExports(metafile);
  for (const { path, contents } of outputFiles) writeAtomically(path, contents);
};

const checkExports = ({ outputs }: Metafile): void => {
  for (const { entryPoint, exports } of Object.values(outputs)) {
    if (entryPoint === undefined || exports.includes("handler")) continue;
    const found = exports.length === 0 ? "exports nothing" : `exports ${exports.join(", ")}`;
    throw new UserError(
      `${entryPoint} ${found}, but no handler: add export const handler = async (event) => …`,
    );
  }
};

/**
 * When an ES module imports a built-in module, Node.js reads all of its exports; for `node:http` in Node.js 24 that loads
 * undici, 40 ms of CPU. With this plugin a bundle gets the built-in module as an object whose exports are read when they
 * are used.
 */
const lazyBuiltins: Plugin = {
  name: "lazy-builtins",
  setup({ onResolve, onLoad }) {
    const namespace = "builtin";
    onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace, sideEffects: false }));
    onLoad({ filter: /.*/, namespace }, ({ path }) => ({
      contents: `module.exports = Object.create(process.getBuiltinModule("${path}"))`,
    }));
  },
};

/**
 * Bundles for `sls invoke local`, which requires handlers from .js or .cjs files. The bundles use top-level await, so they
 * cannot be required: a .cjs file imports each, and sends what the function writes to standard error.
 */
export const bundleForInvokeLocal = async (functions: string[], options?: BundleOptions): Promise<void> => {
  await bundle(functions, options);
  for (const name of functions) {
    // The framework prefers a .js file, which an earlier version may have left.
    rmSync(join("dist", `${name}.js`), { force: true });
    writeAtomically(join("dist", `${name}.cjs`), wrapperOf(name));
  }
};

/** Standard output is only for the reply, which the framework prints afterwards. */
const wrapperOf = (name: string): string => `const { stdout, stderr } = process;
const write = stdout.write;
exports.handler = async (...call) => {
  stdout.write = (...text) => stderr.write(...text);
  try {
    return await (await import("./${name}.mjs")).handler(...call);
  } finally {
    stdout.write = write;
  }
};
`;

/** Writes a file so that another service, which may load it at this moment, never sees a part of it. */
const writeAtomically = (path: string, contents: string | Uint8Array): void => {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.${process.pid}`, contents);
    renameSync(`${path}.${process.pid}`, path);
  } catch (error) {
    throw new UserError(`cannot write ${path}: make its folder writable (${messageOf(error)})`);
  }
};
