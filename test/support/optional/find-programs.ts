import type { TestProject } from "vitest/node";
import { UserError } from "../../../tools/user-error.ts";
import { PROGRAMS, type ProgramName } from "./programs.ts";

/** The programs that the tests of each project need. */
const NEEDED: Record<string, readonly ProgramName[]> = {
  integration: ["dynamodb-local", "promtool", "node-24", "npm-registry"],
  template: ["cfn-lint", "checkov"],
  e2e: ["dynamodb-local", "chromium", "schemathesis", "node-24"],
  soak: ["dynamodb-local"],
  crash: ["dynamodb-local"],
  deploy: ["ministack", "node-24"],
};

/** Why each program is missing; null if it is available. A program that was not looked for is absent. */
export type Findings = Partial<Record<ProgramName, string | null>>;

declare module "vitest" {
  export interface ProvidedContext {
    programs: Findings | undefined;
  }
}

/** @throws any error but a UserError, because it is a bug of the search */
const reasonOf = async (name: ProgramName): Promise<string | null> => {
  try {
    await PROGRAMS[name].find();
    return null;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
};

/**
 * Looks for the programs of a project before its tests start, each program once per run. `needs` skips the tests whose
 * program is missing.
 * @throws Error in CI if a program is missing
 */
export default async (project: TestProject): Promise<void> => {
  const root = project.vitest.getRootProject();
  const known = root.getProvidedContext().programs ?? {};
  const names = (NEEDED[project.name] ?? []).filter((name) => !(name in known));
  const findings = await Promise.all(names.map(async (name) => [name, await reasonOf(name)] as const));
  root.provide("programs", { ...known, ...Object.fromEntries(findings) });
  if (process.env["CI"] === undefined) return;
  const missing = findings.flatMap(([name, reason]) =>
    reason === null ? [] : [`${PROGRAMS[name].title}: ${reason}`],
  );
  if (missing.length > 0)
    throw new Error(`no test may be skipped in CI, but programs are missing: ${missing.join("; ")}`);
};
