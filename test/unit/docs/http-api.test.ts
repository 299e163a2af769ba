import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { PARAMETERS } from "../../../lib/history/parameters.ts";
import { renderOpenApi } from "../../../lib/http/openapi.ts";
import { renderMetrics } from "../../../lib/http/prometheus.ts";
import { pulse } from "../../../lib/pulse/pulse.ts";
import { HistorySchema } from "../../../lib/schemas/history.ts";
import { StatusSchema } from "../../../lib/schemas/status.ts";
import { DEFAULT_NAMES } from "../../../lib/service/names.ts";
import { DOCUMENTED, pathsOf } from "../../support/fixtures/declared-routes.ts";
import { historyOf } from "../../support/fixtures/history.ts";

const FILE = "docs/http-api.md";
const DOCUMENT = readFileSync(FILE, "utf8");

/** The comments around a part of the document that is rendered from the schemas. */
const marks = (name: string) => [`<!-- ${name} -->`, `<!-- /${name} -->`] as const;

/** The part of the document between its two comments. */
const section = (name: string): string => {
  const [start, end] = marks(name);
  return DOCUMENT.split(start)[1]?.split(end)[0] ?? "";
};

/** `UPDATE_DOCS=1` writes the rendered parts into the document. */
const update = (name: string, table: string) => {
  if (process.env["UPDATE_DOCS"] !== "1") return;
  const [start, end] = marks(name);
  const text = readFileSync(FILE, "utf8");
  writeFileSync(
    FILE,
    text.replace(`${start}${section(name)}${end}`, () => `${start}${table}${end}`),
  );
};

type Row = readonly [name: string, meaning: string];

const tableOf = (title: string, rows: readonly Row[]): string => {
  const cells = [[title, "meaning"], ...rows.map(([name, meaning]) => [`\`${name}\``, meaning])];
  const widths = [0, 1].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) => `| ${row.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join(" | ")} |`);
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return `\n\n${[lines[0], rule, ...lines.slice(1)].join("\n")}\n\n`;
};

interface Schema {
  properties?: Record<string, Schema>;
  anyOf?: Schema[];
  items?: Schema;
  fieldDescription?: string;
}

/** A schema as its JSON, which is all that the table shows. */
const toJson = (schema: object): Schema => JSON.parse(JSON.stringify(schema));

/** The fields of a schema with their descriptions, and the fields of what they hold, once each. */
const rowsOf = (schema: Schema, path = ""): Row[] => {
  const { properties = {}, anyOf = [], items } = schema;
  const inner = [...anyOf, ...(items === undefined ? [] : [items])].flatMap((each) => rowsOf(each, path));
  const own = Object.entries(properties).flatMap(([name, field]): Row[] => [
    [`${path}${name}`, field.fieldDescription ?? "no description"],
    ...rowsOf(field, `${path}${name}.`),
  ]);
  return [...new Map([...own, ...inner])];
};

test("docs/http-api.md lists each route of ping, beats and pulse, and no route that does not exist", () => {
  const [table = ""] = DOCUMENT.split("\n\n").filter((part) => part.startsWith("| route "));
  const listed = [...table.matchAll(/^\| \[?`(\/[^`?]*)/gm)].map(([, path = ""]) => path);
  const { paths } = JSON.parse(renderOpenApi(DEFAULT_NAMES).body ?? "");

  const missing = DOCUMENTED.flatMap(pathsOf).filter((path) => !listed.includes(path));
  expect(missing, "write a row for these routes in the first table of docs/http-api.md").toEqual([]);
  const unknown = listed.filter((path) => !(path in paths));
  expect(unknown, "remove the rows of these routes from docs/http-api.md").toEqual([]);
});

test("docs/http-api.md quotes the alerting rules of docs/prometheus-alerts.yml", () => {
  const rules = readFileSync("docs/prometheus-alerts.yml", "utf8");

  expect(DOCUMENT).toContain(`\`\`\`yaml\n${rules}\`\`\`\n`);
});

test("the alerting rules use existing metrics", () => {
  const facts = { born: "2026-11-23T22:40Z", beaten: ["2026-11-23T22:40Z"] };
  const now = Date.parse("2026-11-23T22:40:30Z");
  const { body = "" } = renderMetrics(
    pulse(historyOf(facts), now, { lateAfter: 150, downAfter: 270, every: 1 }),
  );

  const names = readFileSync("docs/prometheus-alerts.yml", "utf8").match(/heartbeat_[\w{}="]+/g) ?? [];

  expect(names.length).toBeGreaterThan(1);
  expect(names.filter((name) => !body.includes(`\n${name} `))).toEqual([]);
});

test.each([
  ["every field of /status", "status fields", tableOf("field", rowsOf(toJson(StatusSchema)))],
  ["every field of a history page", "history fields", tableOf("field", rowsOf(toJson(HistorySchema)))],
  [
    "every parameter of the history, and the default and largest page of each step",
    "history parameters",
    tableOf(
      "parameter",
      PARAMETERS.map(({ name, description }) => [name, description]),
    ),
  ],
])("docs/http-api.md lists %s, and no other", (_, name, table) => {
  update(name, table);

  expect(table).not.toContain("no description");
  expect(section(name), "run this test with UPDATE_DOCS=1").toBe(table);
});
