import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const page = readFileSync("docs/guarantees.md", "utf8");
const [guarantees = ""] = page.split("## How the soak test works");
const sections = guarantees.split(/^## /m).slice(1);

test("docs/guarantees.md says for each guarantee what it relies on, what it does not cover, and which test checks it", () => {
  const incomplete = sections.filter(
    (section) =>
      !/\*\*Relies on\*\*/.test(section) ||
      !/\*\*Does not cover\*\*/.test(section) ||
      !/\*\*Tested by\*\*[^*]*\]\(\.\.\/test\//.test(section),
  );

  expect(sections.length).toBeGreaterThan(5);
  expect(incomplete).toEqual([]);
});

test("docs/guarantees.md links to existing files by their names", () => {
  const links = [...page.matchAll(/\[([^\]]+)\]\((?!https:)([^)]+)\)/g)];

  for (const [, text = "", path = ""] of links) {
    expect([path, existsSync(join("docs", path))]).toEqual([path, true]);
    if (text.endsWith(".ts")) expect(path.endsWith(`/${text}`)).toBe(true);
  }
});
