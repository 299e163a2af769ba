import type { TestProject } from "vitest/node";
import { type Engine, startEngine } from "../../../tools/local/database/engines.ts";
import { UserError } from "../../../tools/user-error.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The URL of each engine, or undefined if it cannot be installed, which is an error in CI. */
    engines: { local: string | undefined; embedded: string };
  }
}

const startLocal = async (): Promise<Engine | undefined> => {
  try {
    return await startEngine("local", { say: console.log });
  } catch (error) {
    if (process.env["CI"] !== undefined || !(error instanceof UserError)) throw error;
    console.warn(`Tests on DynamoDB Local are skipped: ${error.message}`);
    return undefined;
  }
};

/** Starts one process per engine for all integration tests. Each test creates its own table. */
export default async (project: TestProject) => {
  const embedded = await startEngine("embedded", { say: console.log });
  const local = await startLocal();
  project.provide("engines", { local: local?.url, embedded: embedded.url });
  return async () => {
    await Promise.all([embedded.stop(), local?.stop()]);
  };
};
