import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { filesIn, importsOf } from "../../support/source-files.ts";

const linesOf = (file: string): number => readFileSync(file, "utf8").trimEnd().split("\n").length;

/** For each folder, the other folders that its files import from. */
const folderImports = (files: readonly string[]): Map<string, Set<string>> => {
  const folders = new Map<string, Set<string>>();
  for (const file of files) {
    const from = dirname(file);
    const imported = folders.get(from) ?? new Set();
    folders.set(from, imported);
    for (const to of importsOf(file).map((path) => dirname(path))) if (to !== from) imported.add(to);
  }
  return folders;
};

/** The folders that reach themselves through imports. */
const foldersInCycles = (folders: ReadonlyMap<string, ReadonlySet<string>>): string[] => {
  const reachable = (from: string, found = new Set<string>()): Set<string> => {
    for (const folder of folders.get(from) ?? []) {
      if (found.has(folder)) continue;
      found.add(folder);
      reachable(folder, found);
    }
    return found;
  };
  return [...folders.keys()].filter((folder) => reachable(folder).has(folder)).sort();
};

const CODE = /\.(ts|cjs|mjs)$/;
const production = [...filesIn("handlers", CODE), ...filesIn("lib", CODE)];
const all = [...production, ...filesIn("tools", CODE)];

/** The folders of lib/ that each folder may import from. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  "lib/text": [],
  "lib/domain": ["lib/text"],
  "lib/service": ["lib/text", "lib/domain"],
  "lib/beat": ["lib/text", "lib/domain", "lib/service"],
  "lib/schemas": ["lib/domain"],
  "lib/display": ["lib/text", "lib/schemas"],
  "lib/pulse": ["lib/domain", "lib/schemas"],
  "lib/past": ["lib/text", "lib/domain", "lib/schemas", "lib/pulse"],
  "lib/history": ["lib/text", "lib/domain", "lib/schemas"],
  "lib/settings": ["lib/text", "lib/domain", "lib/service", "lib/beat"],
  "lib/dynamodb/table": ["lib/text", "lib/domain"],
  "lib/dynamodb/beat": ["lib/domain", "lib/dynamodb/table"],
  "lib/dynamodb": ["lib/domain", "lib/dynamodb/beat", "lib/dynamodb/table"],
  "lib/job": ["lib/domain", "lib/beat", "lib/dynamodb"],
  "lib/reply": ["lib/domain", "lib/service", "lib/schemas"],
  "lib/http/page": ["lib/domain", "lib/schemas", "lib/display", "lib/pulse", "lib/past", "lib/reply"],
  "lib/http": [
    "lib/text",
    "lib/service",
    "lib/schemas",
    "lib/display",
    "lib/pulse",
    "lib/past",
    "lib/history",
    "lib/reply",
  ],
  "lib/http/routes": [
    "lib/domain",
    "lib/schemas",
    "lib/pulse",
    "lib/past",
    "lib/history",
    "lib/reply",
    "lib/http",
    "lib/http/page",
  ],
};

describe("the structure of the code", () => {
  test("has no import cycle between folders", () => {
    expect(foldersInCycles(folderImports(all))).toEqual([]);
  });

  test("finds a cycle between folders", () => {
    const folders = new Map([
      ["a", new Set(["b"])],
      ["b", new Set(["c"])],
      ["c", new Set(["b"])],
      ["d", new Set<string>()],
    ]);

    expect(foldersInCycles(folders)).toEqual(["b", "c"]);
  });

  test("lets each folder of lib/ import only from the folders below it", () => {
    const imports = folderImports(filesIn("lib", CODE));
    const forbidden = [...imports].flatMap(([folder, imported]) =>
      [...imported]
        .filter((other) => !MAY_IMPORT[folder]?.includes(other))
        .map((other) => `${folder} → ${other}`),
    );

    expect(forbidden).toEqual([]);
    expect([...imports.keys()].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
  });

  test("imports the AWS SDK only in lib/dynamodb, within lib/ and handlers/", () => {
    const importing = production.filter((file) => readFileSync(file, "utf8").includes('"@aws-sdk/'));

    expect(new Set(importing.map((file) => dirname(file)))).toEqual(new Set(["lib/dynamodb/table"]));
  });

  test("keeps each file of lib/ within 200 lines and each folder of lib/ within 10 files", () => {
    const files = filesIn("lib", CODE);
    const crowded = [...new Set(files.map((file) => dirname(file)))].filter(
      (folder) => files.filter((file) => dirname(file) === folder).length > 10,
    );

    expect(files.filter((file) => linesOf(file) > 200)).toEqual([]);
    expect(crowded).toEqual([]);
  });

  test("keeps the life of a beat in one file of fewer than 120 lines", () => {
    expect(linesOf("lib/dynamodb/beat/record-beat.ts")).toBeLessThan(120);
  });

  test("has only YAML in cloud/", () => {
    expect(filesIn("cloud", /.*/).filter((file) => !file.endsWith(".yml"))).toEqual([]);
  });
});
