import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * `npm run lint`: lists each conflict marker that a merge left in a file of the checkout, and exits with code 1 if there
 * is one. A formatter can indent the markers or put spaces between their characters.
 */
const MARKER = /^\s*((<\s?){7}|(>\s?){7}|(\|\s?){7})( |$)/;
const IGNORED = new Set([".git", ".heartbeat", ".serverless", "dist", "node_modules"]);

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (IGNORED.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : entry.isFile() ? [path] : [];
  });

const markers = filesIn(process.argv[2] ?? ".").flatMap((file) =>
  readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line, index) =>
      MARKER.test(line) ? [`${file}:${index + 1}: conflict marker ${line.trim()}`] : [],
    ),
);

for (const marker of markers) console.error(marker);
if (markers.length > 0) process.exitCode = 1;
