import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
// esbuild uses the folder in which it is first loaded, and the folders of the tests are removed.
import "esbuild";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bundle } from "../../tools/build/bundle.ts";

const checkout = process.cwd();
const PING = join("dist", "ping.mjs");
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "heartbeat-bundle-"));
  for (const name of ["handlers", "lib", "tools/build"]) {
    cpSync(name, join(folder, name), { recursive: true });
  }
  symlinkSync(join(checkout, "node_modules"), join(folder, "node_modules"));
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(checkout);
  rmSync(folder, { recursive: true });
});

test("bundles the changed source after an earlier bundle", async () => {
  await bundle(["ping"]);
  writeFileSync("handlers/ping.ts", 'export const handler = async () => "changed";\n');

  await bundle(["ping"]);

  expect(readFileSync(PING, "utf8")).toContain("changed");
});

test("writes the same bytes for the same sources", async () => {
  await bundle(["beats"]);
  const first = readFileSync("dist/beats.mjs");

  await bundle(["beats"]);

  expect(readFileSync("dist/beats.mjs").equals(first)).toBe(true);
});
