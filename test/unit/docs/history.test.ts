import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { GRANULARITIES } from "../../../lib/history/granularity.ts";
import { historyPage, pageRange } from "../../../lib/history/page.ts";
import { toHistoryQuery } from "../../../lib/history/query.ts";
import { pastOf } from "../../support/fixtures/past.ts";

const page = readFileSync("docs/history.md", "utf8");
const [parameters = "", fields = ""] = page.split("| field");

test("docs/history.md tells every field of a page, and no other", () => {
  const now = Date.parse("2026-11-23T22:43:00Z");
  const facts = { born: "2026-11-23T22:40Z", beaten: ["2026-11-23T22:40Z"] };
  const told = GRANULARITIES.flatMap(({ name }) => {
    const query = toHistoryQuery(`step=${name}`, now);
    const rules = { lateAfter: 120, downAfter: 240 };
    const told = historyPage(pastOf(facts)(pageRange(query, now, rules)), query, now, rules);
    return [...Object.keys(told), ...Object.keys(told.items[0] ?? {}).map((field) => `items.${field}`)];
  });

  const names = [...fields.matchAll(/^\| `([\w.]+)`/gm)].map(([, name]) => name);

  expect(names.sort()).toEqual([...new Set(told)].sort());
});

test("docs/history.md tells every parameter, and each step's usual and largest page", () => {
  expect([...parameters.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name).sort()).toEqual(
    ["cursor", "from", "limit", "step", "to"].sort(),
  );
  for (const { name, usual, most } of GRANULARITIES)
    expect(parameters).toContain(`of ${name}s ${usual}, at most ${most.toLocaleString("en")}`);
});
