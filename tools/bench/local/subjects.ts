import { readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Subject } from "./launch.ts";

const OUR_LINE = /^ready on port \d+/m;

/** The measured commands and their references. */
export const OURS: Subject = {
  title: "npm start, embedded engine",
  args: ["--param=schedule=false"],
  env: { DYNAMODB: "embedded" },
  ready: OUR_LINE,
};
export const WITH_DYNAMODB_LOCAL: Subject = {
  ...OURS,
  title: "npm start, DynamoDB Local",
  env: { DYNAMODB: "local" },
};

const PLAIN_CONFIG = "serverless.bench.yml";

/**
 * Plain serverless-offline without the project's plugins: no database, a worker thread per function. It serves the
 * existing bundles.
 */
export const makePlain = (): Subject => {
  process.once("exit", () => rmSync(PLAIN_CONFIG, { force: true }));
  const lines = readFileSync("serverless.yml", "utf8").split("\n");
  const others = lines.filter((line) => !/^\s+(- \.\/tools\/\w+\/plugin\b|useInProcess:)/.test(line));
  if (others.length !== lines.length - 3) {
    throw new Error(
      "serverless.yml must have both plugins of the project and useInProcess, each on its own line",
    );
  }
  writeFileSync(PLAIN_CONFIG, others.join("\n"));
  return {
    title: "plain serverless-offline",
    args: ["--config", PLAIN_CONFIG, "--param=schedule=false"],
    env: {},
    ready: /Server ready: /,
  };
};
