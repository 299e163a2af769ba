import { expect, test } from "vitest";
import { createCheckout } from "../../support/processes/checkout.ts";
import { run } from "../../support/processes/program.ts";

const folder = createCheckout();
const PRINT_VERSION = ["-p", "process.version"];

// Otherwise a run of the tests on another Node would test the machine's Node again.
test.each([
  ["by its name", ["node", ...PRINT_VERSION]],
  ["by npm", ["npm", "exec", "--offline", "--", "node", ...PRINT_VERSION]],
  ["by a script that begins with #!/usr/bin/env node", ["node_modules/.bin/tsx", ...PRINT_VERSION]],
])("a program that is started %s runs on the Node that runs the tests", async (_, command) => {
  const { code, lines } = await run(command, { folder });

  expect({ code, lines }).toEqual({ code: 0, lines: [process.version] });
});

const USAGE = "npm run test:node -- <version, such as 24 or 20.19> [arguments of vitest run]";
test.each([
  [[], "the version of Node.js is missing"],
  [["twenty"], 'invalid version of Node.js "twenty"'],
  [["--project", "unit"], 'invalid version of Node.js "--project"'],
])(
  "npm run test:node with the arguments %j says what is wrong, prints its usage and exits with code 1",
  async (args, fault) => {
    const { code, output } = await run(["npm", "run", "--silent", "test:node", "--", ...args], {
      folder: process.cwd(),
    });

    expect({ code, output }).toEqual({ code: 1, output: `${fault}; usage: ${USAGE}\n` });
  },
);
