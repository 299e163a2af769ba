import { type ParseArgsConfig, parseArgs } from "node:util";
import { messageOf, StartError } from "./start-error.ts";

/**
 * Parses the arguments of a local command. Prints its usage and ends the process for `--help`.
 * @throws StartError naming an argument that the command does not take
 */
export const readArguments = <const T extends ParseArgsConfig>(usage: string, config: T, args: string[]) => {
  continueWithoutReader();
  if (args.includes("--help") || args.includes("-h")) {
    console.log(usage);
    process.exit(0);
  }
  try {
    return parseArgs({ ...config, args });
  } catch (error) {
    // Behind its first sentence Node gives advice for the programmer.
    const [fault] = messageOf(error).split(/[.\n]/);
    throw new StartError(`${fault}; usage: ${usage}`);
  }
};

/** Lets a command finish its work, with its own exit code, when the reader of its output has gone (`| head`). */
const continueWithoutReader = (): void => {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
};
