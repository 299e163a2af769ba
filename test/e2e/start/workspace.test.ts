import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { createCheckout, createFolder } from "../../support/processes/checkout.ts";
import { run } from "../../support/processes/program.ts";
import { NPM_START, type Service, startService } from "../../support/processes/service.ts";

/** Creates an npm workspace with a checkout, whose packages and lockfile are in the parent folder. */
const createWorkspace = (): string => {
  const root = createFolder();
  const folder = join(root, "packages", "heartbeat");
  writeFileSync(join(root, "package.json"), '{"name":"shop","private":true,"workspaces":["packages/*"]}');
  symlinkSync(resolve("node_modules"), join(root, "node_modules"));
  mkdirSync(join(root, "packages"));
  renameSync(createCheckout(), folder);
  rmSync(join(folder, "node_modules"));
  rmSync(join(folder, "package-lock.json"));
  return folder;
};

describe("in a workspace, without its own node_modules and package-lock.json,", () => {
  const folder = createWorkspace();
  let service: Service;
  beforeAll(async () => {
    service = await startService({ folder, command: NPM_START, env: { DYNAMODB: "embedded" } });
  });

  it("npm start, beat and audit work", async () => {
    const beat = await run(["npm", "run", "-s", "beat"], { folder, env: service.env });
    const audit = await run(["npm", "run", "-s", "audit"], { folder, env: service.env });

    expect(beat.lines).toEqual([expect.stringMatching(/^\{"counted":true,/), '{"payload":1}']);
    expect(audit.lines.at(-1)).toBe("1 minute, every sum agrees");
    expect([beat.code, audit.code]).toEqual([0, 0]);
  });

  it("sls package and sls invoke local work", async () => {
    const packaged = await run(["npx", "sls", "package"], { folder });
    const invoked = await run(["npx", "sls", "invoke", "local", "-f", "ping"], {
      folder,
      env: { DYNAMODB: "embedded" },
    });

    expect(packaged.output).toContain("Service packaged");
    expect(invoked.output).toContain('"body": "{\\"payload\\":\\"PONG\\"}"');
    expect([packaged.code, invoked.code]).toEqual([0, 0]);
  });

  it("npm run redrive finds the framework, and asks AWS", async () => {
    const { lines, code } = await run(["npm", "run", "-s", "redrive"], {
      folder,
      env: {
        AWS_ENDPOINT_URL: "http://127.0.0.1:9",
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
      },
    });

    expect(lines).toEqual([expect.stringContaining("ECONNREFUSED 127.0.0.1:9")]);
    expect(code).toBe(1);
  });
});
