import { accessSync, constants } from "node:fs";
import { homedir, tmpdir } from "node:os";

/**
 * The framework keeps its compiled schema of serverless.yml in the home folder, and fails if it cannot write there. This
 * makes it use the temporary folder instead.
 */
export const useWritableSchemaCache = (): void => {
  try {
    accessSync(homedir(), constants.W_OK);
  } catch {
    process.env["SLS_SCHEMA_CACHE_BASE_DIR"] ??= tmpdir();
  }
};
