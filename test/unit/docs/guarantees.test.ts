import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const page = readFileSync("docs/guarantees.md", "utf8");
const [promises = ""] = page.split("# How it is tried");
const sections = promises.split(/^## /m).slice(1);

test("docs/guarantees.md says of each promise what it rests on, what it does not cover, and which test proves it", () => {
  const incomplete = sections.filter(
    (section) =>
      !/\*\*Rests on\*\*/.test(section) ||
      !/\*\*Does not cover\*\*/.test(section) ||
      !/\*\*Proven by\*\*[^*]*\]\(\.\.\/test\//.test(section),
  );

  expect(sections.length).toBeGreaterThan(5);
  expect(incomplete).toEqual([]);
});

test("docs/guarantees.md names files that there are, by their names", () => {
  const links = [...page.matchAll(/\[([^\]]+)\]\((?!https:)([^)]+)\)/g)];

  for (const [, text = "", path = ""] of links) {
    expect([path, existsSync(join("docs", path))]).toEqual([path, true]);
    if (text.endsWith(".ts")) expect(path.endsWith(`/${text}`)).toBe(true);
  }
});
