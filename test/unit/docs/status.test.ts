import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { renderMetrics } from "../../../lib/http/prometheus.ts";
import { pulse } from "../../../lib/pulse/pulse.ts";
import { historyOf } from "../../support/fixtures/history.ts";

const fieldsOf = (value: unknown, path = ""): string[] => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([key, inner]) =>
    fieldsOf(inner, path === "" ? key : `${path}.${key}`),
  );
};

test("docs/status.md quotes the alerting rules of docs/prometheus-alerts.yml", () => {
  const rules = readFileSync("docs/prometheus-alerts.yml", "utf8");

  expect(readFileSync("docs/status.md", "utf8")).toContain(`\`\`\`yaml\n${rules}\`\`\`\n`);
});

test("the alerting rules name metrics that there are", () => {
  const facts = { born: "2026-11-23T22:40Z", beaten: ["2026-11-23T22:40Z"] };
  const now = Date.parse("2026-11-23T22:40:30Z");
  const { body = "" } = renderMetrics(pulse(historyOf(facts), now, { lateAfter: 150, downAfter: 270 }));

  const names = readFileSync("docs/prometheus-alerts.yml", "utf8").match(/heartbeat_[\w{}="]+/g) ?? [];

  expect(names.length).toBeGreaterThan(1);
  expect(names.filter((name) => !body.includes(`\n${name} `))).toEqual([]);
});

test("docs/status.md tells every field of the snapshot, and no other", () => {
  const now = Date.parse("2026-11-23T22:43:00Z");
  const facts = {
    born: "2026-11-23T22:40Z",
    beaten: ["2026-11-23T22:40Z", "2026-11-23T22:42Z"],
    pauses: [{ from: "2026-11-23T22:43Z", reason: "database upgrade" }],
  };
  const told = fieldsOf(pulse(historyOf(facts), now, { lateAfter: 120, downAfter: 240 }));

  const [page = ""] = readFileSync("docs/status.md", "utf8").split("# GET /health");

  const names = page.split("\n").flatMap((line) => /^\| (`.*?) \|/.exec(line)?.[1]?.match(/[\w.]+/g) ?? []);
  const inColumns = ["last24h.longestGap", "last24h.lateness"];
  const documented = (field: string) =>
    names.includes(field) || inColumns.some((parent) => field.startsWith(`${parent}.`));
  expect(told.filter((field) => !documented(field))).toEqual([]);
  const groups = told.flatMap((field) =>
    field.split(".").map((_, n, parts) => parts.slice(0, n + 1).join(".")),
  );
  expect(names.filter((name) => !groups.includes(name))).toEqual([]);
});
