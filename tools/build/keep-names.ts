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
      const { code } = await esbuild.transform(readFileSync(path, "utf8"), {
        loader: "ts",
        keepNames: true,
        sourcemap: "inline",
        // Relative to the folder of the file, like the sources of every source map.
        sourcefile: basename(path),
      });
      return { contents: code, loader: "js" };
    });
  },
};
