import { defineConfig } from "vitest/config";

const inCi = process.env["CI"] !== undefined;
const FIND_PROGRAMS = "test/support/optional/find-programs.ts";
const SKIPPED_TESTS = "./test/support/optional/skipped-tests.ts";
const RESULTS = `.heartbeat/test-results/${process.version}.json`;

/**
 * One worker per core, because the default leaves one core unused. With more workers, requests to the database may
 * exceed the time limits of the store.
 */
const BUSY = { maxWorkers: "100%", sequence: { groupOrder: 0 } };
/** These tests mostly wait for other processes, so there can be more workers than cores. */
const WAITING = { maxWorkers: 4, sequence: { groupOrder: 1 } };

export default defineConfig({
  test: {
    allowOnly: !inCi,
    // .ci/run reads the counts from the JSON file, one for each version of Node.js.
    reporters: inCi
      ? ["default", SKIPPED_TESTS, ["json", { outputFile: RESULTS }]]
      : ["default", SKIPPED_TESTS],
    // Passing tests print one line per file: no output of their own, and no line for each test slower than 0.3 s.
    silent: "passed-only",
    slowTestThreshold: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          ...BUSY,
          include: ["test/unit/**/*.test.ts"],
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          ...BUSY,
          include: ["test/integration/**/*.test.ts"],
          globalSetup: [FIND_PROGRAMS, "test/support/databases/engines.ts"],
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "template",
          ...BUSY,
          include: ["test/template/**/*.test.ts"],
          globalSetup: [FIND_PROGRAMS, "test/support/aws/packages.ts"],
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          ...WAITING,
          include: ["test/e2e/**/*.test.ts"],
          globalSetup: FIND_PROGRAMS,
          testTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: "soak",
          // Runs after the other projects, because the load on the databases would slow them down.
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
          include: ["test/soak/**/*.test.ts"],
          globalSetup: [FIND_PROGRAMS, "test/support/databases/engines.ts"],
          testTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: "crash",
          // Runs last, one test at a time, because each test needs the whole machine.
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
          include: ["test/crash/**/*.test.ts"],
          globalSetup: FIND_PROGRAMS,
          testTimeout: 240_000,
        },
      },
      {
        extends: true,
        test: {
          name: "deploy",
          ...WAITING,
          include: ["test/deploy/**/*.test.ts"],
          globalSetup: FIND_PROGRAMS,
          testTimeout: 120_000,
        },
      },
    ],
    setupFiles: ["test/support/loopback-only.ts", "test/support/stdout.ts"],
  },
});
