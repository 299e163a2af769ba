import { invoke } from "./invoke.ts";
import { endWith } from "./start-error.ts";

/** `npm run resume`: ends the pause, and prints the settings that are in force from then on. */
const main = async (): Promise<void> => {
  console.log(await invoke("settings", { resume: true }, "version"));
};

main().catch(endWith);
