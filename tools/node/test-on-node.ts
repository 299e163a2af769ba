import { spawn } from "node:child_process";
import { once } from "node:events";
import { formatValue } from "../../lib/text/format-value.ts";
import { exitWithError, UserError } from "../user-error.ts";
import { VITEST } from "./installed.ts";
import { otherNode, withNode } from "./other-node.ts";

const USAGE = "npm run test:node -- <version, such as 24 or 20.19> [arguments of vitest run]";
const PROJECTS = ["unit", "integration", "e2e"].flatMap((name) => ["--project", name]);

/** `npm run test:node -- 24`: runs the unit, integration and e2e tests, or the ones in the arguments, on another Node. */
const main = async ([version, ...args]: string[]): Promise<void> => {
  if (version === undefined) throw new UserError(`the version of Node.js is missing; usage: ${USAGE}`);
  if (!/^\d+(\.\d+){0,2}$/.test(version)) {
    throw new UserError(`invalid version of Node.js ${formatValue(version)}; usage: ${USAGE}`);
  }
  const node = await otherNode(version);
  const vitest = spawn(node, [VITEST, "run", ...(args.length > 0 ? args : PROJECTS)], {
    env: withNode(node, process.env),
    stdio: "inherit",
  });
  const [code] = await once(vitest, "close");
  process.exitCode = code ?? 1;
};

main(process.argv.slice(2)).catch(exitWithError);
