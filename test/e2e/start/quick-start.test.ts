import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createCheckout, replaceIn } from "../../support/processes/checkout.ts";
import { run } from "../../support/processes/program.ts";

it("a local start names an invalid property of serverless.yml", async () => {
  const folder = createCheckout();
  replaceIn(folder, ["serverless.yml"], "timeout: 3 #", "timeout: soon #");

  const { code, output } = await run(["npx", "sls", "invoke", "local", "-f", "ping", "-d", "{}"], {
    folder,
    env: { DYNAMODB: "embedded" },
  });

  expect(code).toBe(1);
  expect(output).toContain("functions.ping.timeout");
});

it("sls package succeeds when .heartbeat cannot be written", async () => {
  const folder = createCheckout();
  writeFileSync(join(folder, ".heartbeat"), "no folder");

  const { code, output } = await run(["npx", "sls", "package"], { folder });

  expect(output).toContain("Service packaged");
  expect(code).toBe(0);
});
