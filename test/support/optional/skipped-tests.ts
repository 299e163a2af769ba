import type { Reporter, TestModule } from "vitest/node";
import { PROGRAMS, type ProgramName } from "./programs.ts";

/** A test that was skipped because a program is missing. */
export interface SkippedTest {
  program: ProgramName;
  reason: string;
  /** The vitest project, such as e2e. */
  project: string;
}

const unique = <T>(values: Iterable<T>): T[] => [...new Set(values)];
const counted = (count: number) => `${count} ${count === 1 ? "test" : "tests"}`;

/** The lines that state which tests were skipped, why, and how to install what they need. No lines without such tests. */
export const summaryOf = (skipped: readonly SkippedTest[]): string[] => {
  if (skipped.length === 0) return [];
  const requirements = unique(skipped.map(({ program }) => PROGRAMS[program].requirement));
  return [
    `Skipped ${counted(skipped.length)}, because this machine lacks what they need:`,
    ...requirements.flatMap((requirement) => {
      const programs = unique(skipped.map(({ program }) => program)).filter(
        (program) => PROGRAMS[program].requirement === requirement,
      );
      return [
        "",
        requirement.title,
        ...programs.map((program) => {
          const tests = skipped.filter((test) => test.program === program);
          const projects = unique(tests.map(({ project }) => project)).join(", ");
          return `  skipped  ${counted(tests.length)} with ${PROGRAMS[program].title} (${projects}): ${tests[0]?.reason}`;
        }),
        `  Debian   ${requirement.debian}`,
        `  macOS    ${requirement.macos}`,
      ];
    }),
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
