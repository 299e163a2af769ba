import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createFolder } from "../../support/processes/checkout.ts";

it("a checkout with core.autocrlf=true has no CRLF in any text file", () => {
  const folder = createFolder();
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "core.autocrlf=true", ...args], { encoding: "utf8" });
  git("checkout-index", "--all", `--prefix=${folder}/`);

  const changed = git("ls-files", "-z")
    .split("\0")
    .filter((path) => path !== "" && !/\.png$/.test(path))
    .filter((path) => readFileSync(join(folder, path), "utf8").includes("\r\n"));

  expect(changed).toEqual([]);
});
