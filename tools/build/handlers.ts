import { existsSync, readdirSync } from "node:fs";
import { UserError } from "../user-error.ts";

/**
 * Rejects a function whose handler is in no bundle. The function <name> has the bundle dist/<name>.mjs, which is made from
 * handlers/<name>.ts.
 * @throws UserError naming the function and what to write
 */
export const checkHandlers = (functions: Record<string, { handler?: string }>): void => {
  const files = existsSync("handlers") ? readdirSync("handlers") : [];
  for (const [name, { handler }] of Object.entries(functions)) {
    const file = `handlers/${name}.ts`;
    if (handler !== `dist/${name}.handler`) {
      throw new UserError(
        `function ${name} has the handler ${handler}, which is not bundled: write handler: dist/${name}.handler in serverless.yml, and export handler from ${file}`,
      );
    }
    // The names of the folder are compared, because some file systems ignore case.
    if (!files.includes(`${name}.ts`)) {
      throw new UserError(
        `function ${name} has no file ${file}: create it and export handler from it, or give the function the name of its file`,
      );
    }
  }
};
