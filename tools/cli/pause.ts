import { exitWithError, UserError } from "../user-error.ts";
import { readArguments } from "./command.ts";
import { findService, invoke } from "./invoke.ts";

const USAGE =
  'npm run pause -- "reason": pauses the service that runs on PORT; anyone can read the reason (-- -- "-reason" for one that starts with a hyphen)';

/** `npm run pause`: prints the settings that are in force from then on. */
const main = async (args: string[]): Promise<void> => {
  const reason = readArguments(USAGE, { allowPositionals: true }, args).positionals.join(" ").trim();
  if (reason === "") throw new UserError(USAGE);
  console.log(await invoke(findService(), "settings", { pause: reason }, "version"));
};

main(process.argv.slice(2)).catch(exitWithError);
