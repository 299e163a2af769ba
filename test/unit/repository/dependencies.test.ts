import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import manifest from "../../../package.json" with { type: "json" };
import lock from "../../../package-lock.json" with { type: "json" };

// npm's parser of version ranges, which the Serverless Framework installs.
const { subset } = createRequire(import.meta.url)("semver");
const { dependencies, devDependencies, optionalDependencies, allowScripts, engines } = manifest;

test("CONTRIBUTING.md explains each dependency in one line, and no other package", () => {
  const [, , table = ""] =
    /(## Dependencies)([\s\S]*?)\n## /.exec(`${readFileSync("CONTRIBUTING.md", "utf8")}\n## `) ?? [];

  const explained = [...table.matchAll(/^\| (`[^|]+`) +\| [^|]*\w[^|]* \|$/gm)].flatMap(([, names = ""]) =>
    [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
  );

  const all = { ...dependencies, ...devDependencies, ...optionalDependencies };
  expect(explained.sort()).toEqual(Object.keys(all).sort());
});

test("only the packages in allowScripts have an install script", () => {
  const scripted = Object.entries(lock.packages)
    .filter(([, entry]) => "hasInstallScript" in entry)
    .map(([path]) => path.replace(/^.*node_modules\//, ""));

  expect(scripted.sort()).toEqual(Object.keys(allowScripts).sort());
});

test("every package supports each Node version of package.json", () => {
  const unsupported = Object.entries(lock.packages).flatMap(([path, entry]) => {
    const range = "engines" in entry && "node" in entry.engines ? entry.engines.node : "*";
    return subset(engines.node, range) ? [] : [`${path} needs Node ${range}`];
  });

  expect(unsupported).toEqual([]);
});
