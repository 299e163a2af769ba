import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createCheckout } from "../support/checkout.ts";
import { run } from "../support/program.ts";

const folder = createCheckout();
const invoke = () =>
  run(["npx", "sls", "invoke", "local", "-f", "ping"], { folder, env: { DYNAMODB: "embedded" } });

it("a local start keeps in mind that serverless.yml is right, and checks it when it changes", async () => {
  const { code } = await invoke();
  expect(code).toBe(0);
  expect(existsSync(join(folder, ".heartbeat", "checked-config"))).toBe(true);

  const file = join(folder, "serverless.yml");
  writeFileSync(file, readFileSync(file, "utf8").replace("timeout: 3 #", "timeout: soon #"));
  const changed = await invoke();

  expect(changed.code).toBe(1);
  expect(changed.output).toContain("functions.ping.timeout");
});
