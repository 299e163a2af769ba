import { spawnSync } from "node:child_process";
import { dynamoDbLocal } from "../../../tools/local/database/dynamodb-local.ts";
import { node24 } from "../../../tools/node/node-24.ts";
import { UserError } from "../../../tools/user-error.ts";
import { findChromium } from "../programs/chromium.ts";
import { askRegistry } from "../programs/npm-registry.ts";
import { pythonTool } from "../programs/python-tool.ts";

/** What a machine must have, and the command that installs it. */
export interface Requirement {
  title: string;
  debian: string;
  macos: string;
}

const JAVA: Requirement = {
  title: "Java 17+ and Maven",
  debian: "sudo apt-get install default-jre-headless maven",
  macos: "brew install --cask temurin && brew install maven",
};
const PYTHON: Requirement = {
  title: "Python 3 with venv; PyPI for the first download",
  debian: "sudo apt-get install python3-venv",
  macos: "brew install python",
};
const CHROMIUM: Requirement = {
  title: "Chromium or Google Chrome",
  debian: "sudo apt-get install chromium fonts-dejavu-core",
  macos: "brew install --cask google-chrome",
};
const PROMTOOL: Requirement = {
  title: "promtool",
  debian: "sudo apt-get install prometheus",
  macos: "brew install prometheus",
};
const REGISTRY: Requirement = {
  title: "npm's registry",
  debian: "connect to a network in which `npm ping` succeeds",
  macos: "connect to a network in which `npm ping` succeeds",
};

export interface Program {
  title: string;
  requirement: Requirement;
  /** Finds the program or downloads it. @throws UserError with the reason if it is not available */
  find: () => Promise<unknown>;
}

const fromPyPi = (name: Parameters<typeof pythonTool>[0], title: string = name): Program => ({
  title,
  requirement: PYTHON,
  find: () => pythonTool(name),
});

/** The programs that some tests need in addition to Node.js and the npm packages. */
export const PROGRAMS = {
  "dynamodb-local": {
    title: "DynamoDB Local",
    requirement: JAVA,
    find: () => dynamoDbLocal(console.log),
  },
  chromium: { title: "Chromium", requirement: CHROMIUM, find: async () => findChromium() },
  promtool: {
    title: "promtool",
    requirement: PROMTOOL,
    find: async () => {
      const { error } = spawnSync("promtool", ["--version"]);
      if (error !== undefined) throw new UserError("no promtool was found");
    },
  },
  "cfn-lint": fromPyPi("cfn-lint"),
  checkov: fromPyPi("checkov"),
  schemathesis: fromPyPi("schemathesis"),
  ministack: fromPyPi("ministack", "MiniStack, the emulated AWS"),
  "node-24": { title: "Node.js 24, which npm downloads", requirement: REGISTRY, find: node24 },
  "npm-registry": { title: "npm's registry", requirement: REGISTRY, find: askRegistry },
} as const satisfies Record<string, Program>;

export type ProgramName = keyof typeof PROGRAMS;
