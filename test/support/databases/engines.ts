import type { TestProject } from "vitest/node";
import { startEngine } from "../../../tools/local/database/engines.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The URL of each engine; undefined if it is missing, so that `needsEngine` skips its tests. */
    engines: { local: string | undefined; embedded: string };
  }
}

/** Starts one process per engine for all tests of a project. Each test creates its own table. */
export default async (project: TestProject) => {
  const embedded = await startEngine("embedded", { say: console.log });
  const isMissing = project.getProvidedContext().programs?.["dynamodb-local"] !== null;
  const local = isMissing ? undefined : await startEngine("local", { say: console.log });
  project.provide("engines", { local: local?.url, embedded: embedded.url });
  return async () => {
    await Promise.all([embedded.stop(), local?.stop()]);
  };
};
