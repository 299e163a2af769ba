import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll } from "vitest";

const REPOSITORY = resolve(import.meta.dirname, "../../..");
/** What the service does not run from, or earlier runs left. */
const LEFT_OUT = [".git", ".heartbeat", ".serverless", "dist", "node_modules", "test"];

const folders: string[] = [];
const removeAll = () => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
};
afterAll(removeAll);
// Also when the run itself is cut short.
process.once("exit", removeAll);

/** A folder of its own for a test, removed after the tests of its file. */
export const createFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "heartbeat-test-"));
  folders.push(folder);
  return folder;
};

/**
 * A checkout of its own, as another clone would be: services of several test files, and one that somebody
 * runs by hand, share neither bundles nor records of what runs.
 */
export const createCheckout = (): string => {
  const folder = createFolder();
  for (const name of readdirSync(REPOSITORY)) {
    if (!LEFT_OUT.includes(name)) cpSync(join(REPOSITORY, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(REPOSITORY, "node_modules"), join(folder, "node_modules"));
  return folder;
};
