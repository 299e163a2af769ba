import { exitWithError } from "../user-error.ts";
import { readArguments } from "./command.ts";
import { findService, invoke } from "./invoke.ts";

const USAGE = "npm run resume: ends the pause of the service on PORT";

/** `npm run resume`: ends the pause of the local service and prints the settings in effect. */
const main = async (args: string[]): Promise<void> => {
  readArguments(USAGE, {}, args);
  console.log(await invoke(findService(), "settings", { resume: true }, "version"));
};

main(process.argv.slice(2)).catch(exitWithError);
