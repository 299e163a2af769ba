import { ask, invoke } from "./invoke.ts";
import { loadSettings } from "./settings.ts";
import { endWith } from "./start-error.ts";

/** `npm run beat`: beats the current minute, and prints the handler's answer and the count. */
const main = async (): Promise<void> => {
  console.log(await invoke("heartbeat", {}, "counted"));
  console.log(await ask(`http://localhost:${loadSettings(process.env).httpPort}/beats`));
};

main().catch(endWith);
