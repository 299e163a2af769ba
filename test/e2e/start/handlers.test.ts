import { describe, expect, it } from "vitest";
import { createCheckout, replaceIn } from "../../support/processes/checkout.ts";
import { freePort } from "../../support/processes/ports.ts";
import { run } from "../../support/processes/program.ts";

const COMMANDS = [["offline"], ["package"], ["invoke", "local", "-f", "beats"]];

/** What is wrong with the function ping, and the line that says so. */
const FAULTS: [string, (folder: string) => void, string][] = [
  [
    "is not bundled",
    (folder) => replaceIn(folder, ["serverless.yml"], "dist/ping.handler", "handlers/ping.handler"),
    "function ping has the handler handlers/ping.handler, which is not bundled: write handler: dist/ping.handler in serverless.yml and export handler from handlers/ping.ts",
  ],
  [
    "is not exported",
    (folder) => replaceIn(folder, ["handlers/ping.ts"], "const handler", "const main"),
    "handlers/ping.ts exports main, but no handler: add export const handler = async (event) => …",
  ],
];

describe.each(FAULTS)("a function whose handler %s", (_, spoil, line) => {
  const folder = createCheckout();
  spoil(folder);

  it.each(COMMANDS)("is refused by sls %s in one line, which leaves nothing behind", async (...args) => {
    const { code, lines, left } = await run(["npx", "sls", ...args], {
      folder,
      env: {
        DYNAMODB: "embedded",
        PORT: String(await freePort()),
        LAMBDA_PORT: String(await freePort()),
      },
    });

    // The framework prints that it packages.
    expect(lines.filter((each) => !each.startsWith("Packaging"))).toEqual([line]);
    expect({ code, left }).toEqual({ code: 1, left: [] });
  });

  it("is no obstacle to sls print", async () => {
    const { code } = await run(["npx", "sls", "print"], { folder });

    expect(code).toBe(0);
  });
});
