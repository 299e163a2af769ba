import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkConfigOnce } from "../../local/checked-config.ts";

const checkout = process.cwd();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "heartbeat-checked-"));
  process.chdir(folder);
  writeFileSync("package-lock.json", "{}");
});
afterEach(() => {
  process.chdir(checkout);
  rmSync(folder, { recursive: true });
});

/** Another start, whose framework checks by `check`. Returns how often it did. */
const start = async (config: object, check: (config: object) => void = () => {}): Promise<number> => {
  let checks = 0;
  const framework = {
    async validateConfig(given: object) {
      checks++;
      check(given);
    },
  };
  checkConfigOnce(framework);
  const whole = { configValidationMode: "error", ...config };
  await framework.validateConfig(whole).catch(() => {});
  return checks;
};

test("a config that was found right is not checked again", async () => {
  expect([await start({ timeout: 3 }), await start({ timeout: 3 })]).toEqual([1, 0]);
});

test("a changed config is checked again", async () => {
  expect([await start({ timeout: 3 }), await start({ timeout: 4 })]).toEqual([1, 1]);
});

test("after a change of packages a config is checked again", async () => {
  await start({ timeout: 3 });
  writeFileSync("package-lock.json", '{"packages": {}}');

  expect(await start({ timeout: 3 })).toBe(1);
});

test("a config that is refused is checked again", async () => {
  const refuse = () => {
    throw new Error("timeout must be a number");
  };

  expect([await start({ timeout: "x" }, refuse), await start({ timeout: "x" }, refuse)]).toEqual([1, 1]);
});

test.each([{ configValidationMode: "warn" }, { configValidationMode: undefined }])(
  "a config is checked each time where its faults are warnings: %o",
  async (config) => {
    expect([await start(config), await start(config)]).toEqual([1, 1]);
  },
);

test("a config that the check mends is checked each time", async () => {
  const mend = (config: { timeout?: unknown }) => {
    config.timeout = Number(config.timeout);
  };

  expect([await start({ timeout: "3" }, mend), await start({ timeout: "3" }, mend)]).toEqual([1, 1]);
});

test("a null that the check puts elsewhere is no change", async () => {
  const move = (config: { a?: null }) => {
    delete config.a;
    config.a = null;
  };

  await start({ a: null, b: 1 }, move);

  expect(await start({ a: null, b: 1 }, move)).toBe(0);
});

test("what is for plugins alone, such as ports, is no change", async () => {
  await start({ custom: { port: "7718" } });

  expect(await start({ custom: { port: "7719" } })).toBe(0);
});

test("where nothing can be written a config is checked each time", async () => {
  writeFileSync(".heartbeat", "no folder");

  expect([await start({ timeout: 3 }), await start({ timeout: 3 })]).toEqual([1, 1]);
});
