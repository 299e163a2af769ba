import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
// It keeps the folder in which it is first loaded as its own, and those of the tests go.
import "esbuild";
import type { BuildOptions } from "esbuild";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { bundle, bundleIfChanged } from "../../tools/build/bundle.ts";

const checkout = process.cwd();
const PING = join("dist", "ping.mjs");
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "heartbeat-bundle-"));
  for (const name of ["handlers", "lib", "package-lock.json", "tools/build"]) {
    cpSync(name, join(folder, name), { recursive: true });
  }
  symlinkSync(join(checkout, "node_modules"), join(folder, "node_modules"));
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(checkout);
  rmSync(folder, { recursive: true });
});

test("what is bundled already is not bundled again", async () => {
  await bundleIfChanged(["ping"]);
  const { mtimeMs } = statSync(PING);

  await bundleIfChanged(["ping"]);

  expect(statSync(PING).mtimeMs).toBe(mtimeMs);
});

test("a changed source is bundled again", async () => {
  await bundleIfChanged(["ping"]);
  writeFileSync("handlers/ping.ts", 'export const handler = async () => "changed";\n');

  await bundleIfChanged(["ping"]);

  expect(readFileSync(PING, "utf8")).toContain("changed");
});

test("a source that changes while it is bundled is bundled again", async () => {
  vi.doMock("esbuild", async (importOriginal) => {
    const esbuild = await importOriginal<typeof import("esbuild")>();
    const build = async (options: BuildOptions) => {
      const built = await esbuild.build(options);
      writeFileSync("handlers/ping.ts", 'export const handler = async () => "changed";\n');
      return built;
    };
    return { ...esbuild, build };
  });
  await bundleIfChanged(["ping"]);
  vi.doUnmock("esbuild");
  expect(readFileSync(PING, "utf8")).not.toContain("changed");

  await bundleIfChanged(["ping"]);

  expect(readFileSync(PING, "utf8")).toContain("changed");
});

test("a bundle that is gone is bundled again", async () => {
  await bundleIfChanged(["ping"]);
  rmSync(PING);

  await bundleIfChanged(["ping"]);

  expect(statSync(PING).size).toBeGreaterThan(0);
});

test("the same sources give the same bytes", async () => {
  await bundle(["beats"]);
  const first = readFileSync("dist/beats.mjs");

  await bundle(["beats"]);

  expect(readFileSync("dist/beats.mjs").equals(first)).toBe(true);
});
