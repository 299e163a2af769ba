import { invoke } from "./invoke.ts";
import { endWith, StartError } from "./start-error.ts";

const USAGE = 'npm run pause -- "reason": pauses the service that runs here; anyone can read the reason';

/** `npm run pause`: prints the settings that are in force from then on. */
const main = async (words: string[]): Promise<void> => {
  const reason = words.join(" ").trim();
  if (reason === "") throw new StartError(USAGE);
  console.log(await invoke("settings", { pause: reason }, "version"));
};

main(process.argv.slice(2)).catch(endWith);
