import { exitWithError, UserError } from "../user-error.ts";
import { readArguments } from "./command.ts";
import { findService, invoke } from "./invoke.ts";

const USAGE =
  'npm run pause -- "reason": pauses the service on PORT; the reason is public (use -- -- "-reason" if it starts with a hyphen)';

/** `npm run pause`: pauses the local service and prints the settings in effect. */
const main = async (args: string[]): Promise<void> => {
  const reason = readArguments(USAGE, { allowPositionals: true }, args).positionals.join(" ").trim();
  if (reason === "") throw new UserError(`the reason is missing; usage: ${USAGE}`);
  console.log(await invoke(findService(), "settings", { pause: reason }, "version"));
};

main(process.argv.slice(2)).catch(exitWithError);
