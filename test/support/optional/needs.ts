import { describe, inject, type TestOptions } from "vitest";
import type { EngineName } from "../../../tools/local/environment/settings.ts";
import type { ProgramName } from "./programs.ts";

declare module "vitest" {
  export interface TaskMeta {
    /** The program for lack of which a test is skipped. */
    missing?: { program: ProgramName; reason: string };
  }
}

/**
 * The options of a test, or of a `describe` block, that is skipped if one of the programs is missing on this machine.
 * The end of the run lists what was skipped (skipped-tests.ts).
 */
export const needs = (...names: ProgramName[]): TestOptions => {
  const findings = inject("programs") ?? {};
  for (const program of names) {
    const reason = findings[program];
    if (reason === undefined) throw new Error(`add ${program} to NEEDED of this project in find-programs.ts`);
    if (reason !== null) return { skip: true, meta: { missing: { program, reason } } };
  }
  return {};
};

/** `needs` for tests on a database engine. The embedded engine is an npm package. */
export const needsEngine = (engine: EngineName): TestOptions =>
  engine === "local" ? needs("dynamodb-local") : {};

/** Describes the same tests on both engines. In the title, %s is the engine. */
export const describeOnEngines = (title: string, tests: (engine: EngineName) => void): void => {
  for (const engine of ["embedded", "local"] as const) {
    describe(title.replace("%s", engine), needsEngine(engine), () => tests(engine));
  }
};
