import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import lock from "../../package-lock.json" with { type: "json" };

const { dependencies, devDependencies, optionalDependencies, allowScripts } = manifest;

test("CONTRIBUTING.md tells in one line why each dependency is there, and of no other", () => {
  const [, , table = ""] =
    /(## Dependencies)([\s\S]*?)\n## /.exec(`${readFileSync("CONTRIBUTING.md", "utf8")}\n## `) ?? [];

  const told = [...table.matchAll(/^\| (`[^|]+`) +\| [^|]*\w[^|]* \|$/gm)].flatMap(([, names = ""]) =>
    [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
  );

  const all = { ...dependencies, ...devDependencies, ...optionalDependencies };
  expect(told.sort()).toEqual(Object.keys(all).sort());
});

test("no package runs a script when it is installed but those that are known", () => {
  const scripted = Object.entries(lock.packages)
    .filter(([, entry]) => "hasInstallScript" in entry)
    .map(([path]) => path.replace(/^.*node_modules\//, ""));

  expect(scripted.sort()).toEqual(Object.keys(allowScripts).sort());
});
