import type { Reporter, TestModule } from "vitest/node";
import { PROGRAMS, type Program, type ProgramName } from "./programs.ts";

/** A test that was skipped because a program is missing. */
export interface SkippedTest {
  program: ProgramName;
  reason: string;
  /** The vitest project, such as e2e. */
  project: string;
}

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];
const counted = (tests: readonly unknown[]) => `${tests.length} ${tests.length === 1 ? "test" : "tests"}`;

const lineOf = ({ title }: Program, tests: readonly SkippedTest[]): string => {
  const projects = unique(tests.map(({ project }) => project)).sort();
  return `  skipped  ${counted(tests)} with ${title} (${projects.join(", ")}): ${tests[0]?.reason}`;
};

/** The lines that state which tests were skipped, why, and how to install what they need. No lines without such tests. */
export const summaryOf = (skipped: readonly SkippedTest[]): string[] => {
  if (skipped.length === 0) return [];
  const missing = Object.entries(PROGRAMS)
    .map(([name, program]) => ({ program, tests: skipped.filter((test) => test.program === name) }))
    .filter(({ tests }) => tests.length > 0);
  return [
    `Skipped ${counted(skipped)}, because this machine lacks what they need:`,
    ...unique(missing.map(({ program }) => program.requirement)).flatMap((requirement) => [
      "",
      requirement.title,
      ...missing
        .filter(({ program }) => program.requirement === requirement)
        .map(({ program, tests }) => lineOf(program, tests)),
      `  Debian   ${requirement.debian}`,
      `  macOS    ${requirement.macos}`,
    ]),
  ];
};

/** Ends the output of a run with the summary of the tests that `needs` skipped. */
export default class SkippedTests implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = modules.flatMap((module) =>
      [...module.children.allTests("skipped")].flatMap((test): SkippedTest[] => {
        const { missing } = test.meta();
        return missing === undefined ? [] : [{ ...missing, project: module.project.name }];
      }),
    );
    for (const line of summaryOf(skipped)) console.log(line);
  }
}
