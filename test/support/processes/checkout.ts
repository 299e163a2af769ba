import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll } from "vitest";

const REPOSITORY = resolve(import.meta.dirname, "../../..");
/** Folders that the service does not need, or that earlier runs created. */
const LEFT_OUT = [".git", ".heartbeat", ".serverless", "dist", "node_modules", "test"];

const folders: string[] = [];
const removeAll = () => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
};
afterAll(removeAll);
// Also removes them when the run is aborted.
process.once("exit", removeAll);

/** Creates a folder for a test, which is removed after the tests of its file. */
export const createFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "heartbeat-test-"));
  folders.push(folder);
  return folder;
};

/**
 * Creates a separate checkout without a job, so that the services of different test files and a service started by hand
 * share neither bundles nor run records.
 */
export const createCheckout = (): string => {
  const folder = createFolder();
  for (const name of readdirSync(REPOSITORY)) {
    if (!LEFT_OUT.includes(name)) cpSync(join(REPOSITORY, name), join(folder, name), { recursive: true });
  }
  // The tests send many events, also of years ago. They must not run the job of this repository.
  writeFileSync(join(folder, "lib/job/job.ts"), "export const job = undefined;\n");
  symlinkSync(join(REPOSITORY, "node_modules"), join(folder, "node_modules"));
  return folder;
};

/** Edits a file of a test's checkout. @throws Error if that changes nothing */
export const edit = (file: string, change: (text: string) => string): void => {
  const text = readFileSync(file, "utf8");
  const changed = change(text);
  if (changed === text) throw new Error(`nothing to change in ${file}`);
  writeFileSync(file, changed);
};

/** Replaces text in files of a test's checkout. @throws Error if no file contains the text */
export const replaceIn = (folder: string, paths: string[], from: string | RegExp, to: string): void => {
  const files = paths.map((path) => join(folder, path)).flatMap(filesUnder);
  const changed = files.filter((file) => {
    const before = readFileSync(file, "utf8");
    const after = before.replaceAll(from, to);
    if (after !== before) writeFileSync(file, after);
    return after !== before;
  });
  if (changed.length === 0) throw new Error(`${paths.join(", ")}: no match for ${from}`);
};

const filesUnder = (path: string): string[] => {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => filesUnder(join(path, name)));
};
