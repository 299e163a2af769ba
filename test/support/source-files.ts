import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** The files of a folder and of its subfolders whose names match. */
export const filesIn = (folder: string, ending: RegExp): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));

/** The project's own files that a file imports, types and dynamic imports included. */
export const importsOf = (file: string): string[] =>
  [...readFileSync(file, "utf8").matchAll(/(?:\bfrom|\bimport|\brequire)\s*\(?\s*"(\.[^"]+)"/g)].map(
    ([, path = ""]) => normalize(join(dirname(file), path)),
  );

/** The files, and all that they import directly or through others. */
export const reachableFrom = (files: readonly string[]): Set<string> => {
  const found = new Set<string>();
  const add = (file: string) => {
    if (found.has(file) || !existsSync(file)) return;
    found.add(file);
    importsOf(file).forEach(add);
  };
  files.forEach(add);
  return found;
};
