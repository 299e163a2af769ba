import { describe, expect, test } from "vitest";
import { PROGRAMS } from "../../support/optional/programs.ts";
import { type SkippedTest, summaryOf } from "../../support/optional/skipped-tests.ts";

const skipped = (program: SkippedTest["program"], project: string, reason: string): SkippedTest => ({
  program,
  project,
  reason,
});

describe("the summary of skipped tests", () => {
  test("is empty if no test was skipped", () => {
    expect(summaryOf([])).toEqual([]);
  });

  test("lists each program once, with its tests, projects and reason, under what it requires", () => {
    const lines = summaryOf([
      skipped("checkov", "template", "python3 is not installed"),
      skipped("dynamodb-local", "e2e", "no Java was found"),
      skipped("dynamodb-local", "e2e", "no Java was found"),
      skipped("dynamodb-local", "crash", "no Java was found"),
      skipped("schemathesis", "e2e", "PyPI does not reply"),
    ]);

    expect(lines).toEqual([
      "Skipped 5 tests, because this machine lacks what they need:",
      "",
      "Java 17+ and Maven",
      "  skipped  3 tests with DynamoDB Local (crash, e2e): no Java was found",
      "  Debian   sudo apt-get install default-jre-headless maven",
      "  macOS    brew install --cask temurin && brew install maven",
      "",
      "Python 3 with venv; PyPI for the first download",
      "  skipped  1 test with checkov (template): python3 is not installed",
      "  skipped  1 test with schemathesis (e2e): PyPI does not reply",
      "  Debian   sudo apt-get install python3-venv",
      "  macOS    brew install python",
    ]);
  });

  test.each(Object.entries(PROGRAMS))("states how to get %s on Debian and on macOS", (_, { requirement }) => {
    expect(requirement.debian).toMatch(/^(sudo apt-get install|connect to a network) \S/);
    expect(requirement.macos).toMatch(/^(brew install|connect to a network) \S/);
  });
});
