import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createFolder } from "../../support/processes/checkout.ts";
import { run } from "../../support/processes/program.ts";

const REPOSITORY = join(import.meta.dirname, "../../..");
/** Those of vitest.config.ts but the JSON report, which would replace the report of this run in CI. */
const REPORTERS = ["--reporter", "default", "--reporter", "test/support/optional/skipped-tests.ts"];
/** Tests that all need DynamoDB Local, and tests that all need MiniStack. */
const FILES = { e2e: "test/e2e/commands/region.test.ts", deploy: "test/deploy/refused.test.ts" };

/** Runs the tests of FILES on a machine that has Node.js only: no other program, and no earlier download. */
const runWithNodeOnly = (projects: (keyof typeof FILES)[], env: Record<string, string> = {}) => {
  const bin = join(createFolder(), "bin");
  mkdirSync(bin);
  symlinkSync(process.execPath, join(bin, "node"));
  const tests = projects.flatMap((project) => ["--project", project, FILES[project]]);
  return run([process.execPath, "node_modules/vitest/vitest.mjs", "run", ...tests, ...REPORTERS], {
    folder: REPOSITORY,
    env: { PATH: bin, XDG_CACHE_HOME: createFolder(), NO_COLOR: "1", ...env },
  });
};

test("a run without the optional programs passes, and its output ends with the summary of what was skipped", async () => {
  const { code, lines } = await runWithNodeOnly(["e2e", "deploy"]);

  const summary = lines.slice(lines.findIndex((line) => line.startsWith("Skipped ")));
  const [, all] = / Tests +(\d+) skipped/.exec(lines.join("\n")) ?? [];
  const [, onLocal] = /skipped +(\d+) tests with DynamoDB Local/.exec(summary.join("\n")) ?? [];
  expect(code).toBe(0);
  expect(summary).toEqual([
    `Skipped ${all} tests, because this machine lacks what they need:`,
    "Java 17+ and Maven",
    `  skipped  ${onLocal} tests with DynamoDB Local (e2e): no Java was found`,
    "  Debian   sudo apt-get install default-jre-headless maven",
    "  macOS    brew install --cask temurin && brew install maven",
    "Python 3 with venv; PyPI for the first download",
    expect.stringMatching(
      new RegExp(
        `^ {2}skipped {2}${Number(all) - Number(onLocal)} tests with MiniStack, the emulated AWS \\(deploy\\): ministack==[\\d.]+ could not be installed: python3 is not installed$`,
      ),
    ),
    "  Debian   sudo apt-get install python3-venv",
    "  macOS    brew install python",
  ]);
});

test("passing tests print nothing but a line per file, even if the code under test logs and writes metrics", async () => {
  const files = ["test/unit/domain/memory-store.test.ts", "test/unit/handlers/handlers.test.ts"];

  const { code, lines } = await run(
    [process.execPath, "node_modules/vitest/vitest.mjs", "run", "--project", "unit", ...REPORTERS, ...files],
    { folder: REPOSITORY, env: { NO_COLOR: "1" } },
  );

  const ofVitest = /^ +(RUN|Test Files|Tests|Start at|Duration) /;
  expect(code).toBe(0);
  expect(lines.filter((line) => !ofVitest.test(line)).sort()).toEqual(
    files.map((file) => expect.stringMatching(`^ ✓ \\|unit\\| ${file} `)),
  );
});

test("a run in CI without the optional programs fails, and names each of them", async () => {
  const { code, output } = await runWithNodeOnly(["e2e"], { CI: "true" });

  expect(code).toBe(1);
  expect(output).toContain("no test may be skipped in CI, but programs are missing: ");
  expect(output).toContain("DynamoDB Local: no Java was found; ");
  expect(output).toMatch(
    /schemathesis: schemathesis==[\d.]+ could not be installed: python3 is not installed/,
  );
  expect(output).not.toContain("Skipped ");
});
