import { appendFileSync, existsSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createCheckout } from "../support/checkout.ts";
import { run } from "../support/program.ts";

const invoke = (folder: string) =>
  run(["npx", "sls", "invoke", "local", "-f", "ping"], { folder, env: { DYNAMODB: "embedded" } });

it("a local start keeps in mind that serverless.yml is right, and checks it when it changes", async () => {
  const folder = createCheckout();
  const { code } = await invoke(folder);
  expect(code).toBe(0);
  expect(existsSync(join(folder, ".heartbeat", "checked-config"))).toBe(true);

  const file = join(folder, "serverless.yml");
  writeFileSync(file, readFileSync(file, "utf8").replace("timeout: 3 #", "timeout: soon #"));
  const changed = await invoke(folder);

  expect(changed.code).toBe(1);
  expect(changed.output).toContain("functions.ping.timeout");
});

it("the plugin is bundled once, and again when it changes", async () => {
  const folder = createCheckout();
  const bundle = join(folder, ".heartbeat", "plugin.cjs");
  await invoke(folder);
  const { mtimeMs } = statSync(bundle);

  const { code } = await invoke(folder);
  expect([code, statSync(bundle).mtimeMs]).toEqual([0, mtimeMs]);

  appendFileSync(join(folder, "local", "hide-metrics.ts"), 'console.error("changed");\n');
  const changed = await invoke(folder);

  expect(changed.code).toBe(0);
  expect(changed.lines).toContain("changed");
});

it.each([
  ["that was cut short", (file: string) => truncateSync(file, 10_000)],
  ["that holds nothing", (file: string) => truncateSync(file)],
  ["of other sources", (file: string) => appendFileSync(file, 'console.error("other sources");\n')],
])("a bundle of the plugin %s is made again", async (_, damage) => {
  const folder = createCheckout();
  const bundle = join(folder, ".heartbeat", "plugin.cjs");
  await invoke(folder);
  const whole = readFileSync(bundle, "utf8");

  damage(bundle);
  const { code, output } = await invoke(folder);

  expect(code, output).toBe(0);
  expect(readFileSync(bundle, "utf8")).toBe(whole);
});

it("where its bundle can't be kept the plugin works without", async () => {
  const folder = createCheckout();
  writeFileSync(join(folder, ".heartbeat"), "no folder");

  const { code, output } = await run(["npx", "sls", "package"], { folder });

  expect(output).toContain("Service packaged");
  expect(code).toBe(0);
});
