import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { OFFLINE } from "../support/aws/packages.ts";
import { needs } from "../support/optional/needs.ts";
import { run } from "../support/processes/program.ts";
import { pythonTool } from "../support/programs/python-tool.ts";

const REPOSITORY = join(import.meta.dirname, "../..");
const templates = Object.values(inject("packages")).flatMap(({ folder, title }) =>
  ["create", "update"].map((step): [string, string] => [
    `${title}, to ${step} the stack`,
    join(folder, `cloudformation-template-${step}-stack.json`),
  ]),
);

const check = async (linter: "cfn-lint" | "checkov", ...args: string[]) =>
  run([join(await pythonTool(linter), linter), ...args], { folder: REPOSITORY, env: OFFLINE });

describe("cfn-lint reports no finding", needs("cfn-lint"), () => {
  test.each(templates)("for the template of %s", async (_, file) => {
    const { code, output } = await check("cfn-lint", "--config-file", "cloud/cfn-lint.yml", "--", file);

    expect({ code, output }).toEqual({ code: 0, output: "" });
  });
});

describe("checkov reports no finding", needs("checkov"), () => {
  test.each(templates)("for the template of %s", async (_, file) => {
    const { code, output } = await check("checkov", "--config-file", "cloud/checkov.yml", "--file", file);

    expect(output).toMatch(/Passed checks: [1-9]\d*, Failed checks: 0, Skipped checks: 0/);
    expect(code).toBe(0);
  });
});
