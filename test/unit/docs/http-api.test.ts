import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { GRANULARITIES } from "../../../lib/history/granularity.ts";
import { historyPage, pageRange } from "../../../lib/history/page.ts";
import { toHistoryQuery } from "../../../lib/history/query.ts";
import { renderMetrics } from "../../../lib/http/prometheus.ts";
import { pulse } from "../../../lib/pulse/pulse.ts";
import { historyOf, readerOf } from "../../support/fixtures/history.ts";

const DOCUMENT = readFileSync("docs/http-api.md", "utf8");
const THRESHOLDS = { lateAfter: 150, downAfter: 270 };

/** The part of docs/http-api.md between the comments `<!-- name -->` and `<!-- /name -->`. */
const section = (name: string): string =>
  DOCUMENT.split(`<!-- ${name} -->`)[1]?.split(`<!-- /${name} -->`)[0] ?? "";

const fieldsOf = (value: unknown, path = ""): string[] => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([key, inner]) =>
    fieldsOf(inner, path === "" ? key : `${path}.${key}`),
  );
};

test("docs/http-api.md quotes the alerting rules of docs/prometheus-alerts.yml", () => {
  const rules = readFileSync("docs/prometheus-alerts.yml", "utf8");

  expect(DOCUMENT).toContain(`\`\`\`yaml\n${rules}\`\`\`\n`);
});

test("the alerting rules use existing metrics", () => {
  const facts = { born: "2026-11-23T22:40Z", beaten: ["2026-11-23T22:40Z"] };
  const now = Date.parse("2026-11-23T22:40:30Z");
  const { body = "" } = renderMetrics(pulse(historyOf(facts), now, THRESHOLDS));

  const names = readFileSync("docs/prometheus-alerts.yml", "utf8").match(/heartbeat_[\w{}="]+/g) ?? [];

  expect(names.length).toBeGreaterThan(1);
  expect(names.filter((name) => !body.includes(`\n${name} `))).toEqual([]);
});

test("docs/http-api.md lists every field of /status, and no other", () => {
  const now = Date.parse("2026-11-23T22:43:00Z");
  const facts = {
    born: "2026-11-23T22:40Z",
    beaten: ["2026-11-23T22:40Z", "2026-11-23T22:42Z"],
    pauses: [{ from: "2026-11-23T22:43Z", reason: "database upgrade" }],
  };
  const fields = fieldsOf(pulse(historyOf(facts), now, THRESHOLDS));

  const names = section("status fields")
    .split("\n")
    .flatMap((line) => /^\| (`.*?) \|/.exec(line)?.[1]?.match(/[\w.]+/g) ?? []);
  const inColumns = ["last24h.longestGap", "last24h.lateness"];
  const documented = (field: string) =>
    names.includes(field) || inColumns.some((parent) => field.startsWith(`${parent}.`));
  expect(fields.filter((field) => !documented(field))).toEqual([]);
  const groups = fields.flatMap((field) =>
    field.split(".").map((_, n, parts) => parts.slice(0, n + 1).join(".")),
  );
  expect(names.filter((name) => !groups.includes(name))).toEqual([]);
});

test("docs/http-api.md lists every field of a history page, and no other", () => {
  const now = Date.parse("2026-11-23T22:43:00Z");
  const facts = { born: "2026-11-23T22:40Z", beaten: ["2026-11-23T22:40Z"] };
  const fields = GRANULARITIES.flatMap(({ name }) => {
    const query = toHistoryQuery(`step=${name}`, now);
    const page = historyPage(readerOf(facts)(pageRange(query, now, THRESHOLDS)), query, now, THRESHOLDS);
    return [...Object.keys(page), ...Object.keys(page.items[0] ?? {}).map((field) => `items.${field}`)];
  });

  const names = [...section("history fields").matchAll(/^\| `([\w.]+)`/gm)].map(([, name]) => name);

  expect(names.sort()).toEqual([...new Set(fields)].sort());
});

test("docs/http-api.md lists every parameter of the history, and the default and largest page of each step", () => {
  const parameters = section("history parameters");

  expect([...parameters.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name).sort()).toEqual(
    ["cursor", "from", "limit", "step", "to"].sort(),
  );
  for (const { name, usual, most } of GRANULARITIES)
    expect(parameters).toContain(`of ${name}s ${usual}, at most ${most.toLocaleString("en")}`);
});
