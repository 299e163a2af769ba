import { exitWithError } from "../user-error.ts";
import { readArguments } from "./command.ts";
import { findService, invoke, readBeats } from "./invoke.ts";

const USAGE =
  "npm run beat: sends a beat of the current slot of the schedule to the service on PORT and prints the count";

/**
 * `npm run beat`: sends a beat of the current slot and prints the reply, which names the slot, and the count if the service
 * has the function `beats`.
 */
const main = async (args: string[]): Promise<void> => {
  readArguments(USAGE, {}, args);
  const service = findService();
  console.log(await invoke(service, "heartbeat", {}, "counted"));
  if (service.functions?.["beats"] === undefined) return;
  console.log(await readBeats(service));
};

main(process.argv.slice(2)).catch(exitWithError);
