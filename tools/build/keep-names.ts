import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Plugin } from "esbuild";

/**
 * Keeps the names of the functions in lib/job/, which logs and errors show, although the bundle is minified. esbuild's own
 * option keeps the names of all functions, which would make each bundle larger.
 */
export const keepJobNames: Plugin = {
  name: "keep-job-names",
  setup({ onLoad, esbuild }) {
    onLoad({ filter: /[\\/]lib[\\/]job[\\/].*\.ts$/ }, async ({ path }) => {
      const text = readFileSync(path, "utf8");
      const options = { loader: "ts", keepNames: true, sourcemap: "inline", logLevel: "silent" } as const;
      // The path is relative to the folder of the file, like the sources of every source map.
      const transformed = await esbuild
        .transform(text, { ...options, sourcefile: basename(path) })
        // esbuild then loads the file itself and reports its error with the path.
        .catch(() => undefined);
      return transformed && { contents: transformed.code, loader: "js" };
    });
  },
};
