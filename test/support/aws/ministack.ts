import type { TestProject } from "vitest/node";
import { node24 } from "../../../tools/node/node-24.ts";
import { pythonTool } from "../programs/python-tool.ts";

const VERSION = "1.5.33";

declare module "vitest" {
  export interface ProvidedContext {
    /** The folder of MiniStack's command, or undefined if it cannot be installed, which is an error in CI. */
    ministack: string | undefined;
  }
}

/** Installs the tools of the deploy tests that are not npm packages, once before the tests. */
export default async (project: TestProject) => {
  try {
    const [bin] = await Promise.all([pythonTool("ministack", VERSION), node24()]);
    project.provide("ministack", bin);
  } catch (error) {
    if (process.env["CI"] !== undefined) throw error;
    console.warn(`Tests on an emulated AWS are skipped: ${error instanceof Error ? error.message : error}`);
    project.provide("ministack", undefined);
  }
};
