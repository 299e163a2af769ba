import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { OFFLINE } from "../support/aws/packages.ts";
import { run } from "../support/processes/program.ts";

const REPOSITORY = join(import.meta.dirname, "../..");
const { "cfn-lint": cfnLint = "", checkov = "" } = inject("linters");
const templates = Object.values(inject("packages")).flatMap(({ folder, title }) =>
  ["create", "update"].map((step): [string, string] => [
    `${title}, to ${step} the stack`,
    join(folder, `cloudformation-template-${step}-stack.json`),
  ]),
);

const check = (command: string[]) => run(command, { folder: REPOSITORY, env: OFFLINE });

describe.skipIf(!cfnLint)("cfn-lint reports no finding", () => {
  test.each(templates)("for the template of %s", async (_, file) => {
    const { code, output } = await check([cfnLint, "--config-file", "cloud/cfn-lint.yml", "--", file]);

    expect({ code, output }).toEqual({ code: 0, output: "" });
  });
});

describe.skipIf(!checkov)("checkov reports no finding", () => {
  test.each(templates)("for the template of %s", async (_, file) => {
    const { code, output } = await check([checkov, "--config-file", "cloud/checkov.yml", "--file", file]);

    expect(output).toMatch(/Passed checks: [1-9]\d*, Failed checks: 0, Skipped checks: 0/);
    expect(code).toBe(0);
  });
});
