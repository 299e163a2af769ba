import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";

interface Package {
  title: string;
  folder: string;
}

declare module "vitest" {
  export interface ProvidedContext {
    /** The packages that `sls package` created: for both stages, and for prod with each parameter set. */
    packages: { dev: Package; prod: Package; withParams: Package };
  }
}

/** For programs that need no network: a proxy at a closed port, so that no request leaves this machine. */
export const OFFLINE = { HTTP_PROXY: "http://127.0.0.1:9", HTTPS_PROXY: "http://127.0.0.1:9" };

const PARAMS = [
  "alarmEmail=me@example.org",
  "existingTable=beats-restored",
  "reservedConcurrency=2",
  "lateAfter=180",
  "downAfter=600",
  "notifyUrl=https://hc.example.org/2c41?rid=7",
];

export default async (project: TestProject) => {
  const folder = mkdtempSync(join(tmpdir(), "heartbeat-test-"));
  project.provide("packages", {
    dev: await makePackage("stage dev", join(folder, "dev"), ["--stage", "dev"]),
    prod: await makePackage("stage prod", join(folder, "prod"), ["--stage", "prod"]),
    withParams: await makePackage("stage prod with params", join(folder, "with-params"), [
      ...["--stage", "prod"],
      ...PARAMS.flatMap((param) => ["--param", param]),
    ]),
  });
  return () => rmSync(folder, { recursive: true, force: true });
};

const makePackage = async (title: string, folder: string, options: string[]): Promise<Package> => {
  const { PATH, HOME } = process.env;
  await promisify(execFile)("npx", ["sls", "package", ...options, "--package", folder], {
    env: { PATH, HOME, ...OFFLINE },
  }).catch((error) => {
    throw new Error(`${title} could not be packaged: ${error.stdout}${error.stderr}`);
  });
  return { title, folder };
};
