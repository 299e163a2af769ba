import { describe, expect, test } from "vitest";
import { otherNode, withNode } from "../../../../tools/node/other-node.ts";

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
