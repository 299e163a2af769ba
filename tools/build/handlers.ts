import { existsSync, readdirSync } from "node:fs";
import { UserError } from "../user-error.ts";

/**
 * Rejects a function whose handler is in no bundle. The function <name> has the bundle dist/<name>.mjs, which is made from
 * handlers/<name>.ts.
 * @throws UserError naming the function and what to write
 */
export const checkHandlers = (functions: Record<string, { handler?: string }>): void => {
  // Names are compared with those in the folder, because some file systems ignore case.
  const files = existsSync("handlers") ? readdirSync("handlers") : [];
  for (const [name, { handler }] of Object.entries(functions)) {
    if (handler !== `dist/${name}.handler`) {
      const [, other = name] = /([^/]+)\.\w+$/.exec(String(handler)) ?? [];
      const orElse = other !== name && files.includes(`${other}.ts`) ? `, or name the function ${other}` : "";
      throw new UserError(
        `function ${name} has the handler ${handler}, which is not bundled: write handler: dist/${name}.handler in serverless.yml and export handler from handlers/${name}.ts${orElse}`,
      );
    }
    if (!files.includes(`${name}.ts`)) {
      throw new UserError(
        `function ${name} has no file handlers/${name}.ts: create it and export handler from it, or name the function after its file`,
      );
    }
  }
};
