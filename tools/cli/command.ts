import { type ParseArgsConfig, parseArgs } from "node:util";
import { exitWithError, messageOf, UserError } from "../user-error.ts";

/**
 * Parses the arguments of a local command. Ends the process for `--help`, with the usage, and for an argument that the
 * command does not take, with exit code 1 and a line that names it.
 */
export const readArguments = <const T extends ParseArgsConfig>(usage: string, config: T, args: string[]) => {
  continueWithoutReader();
  // What follows `--` is no option.
  const options = args.slice(0, [...args, "--"].indexOf("--"));
  if (options.includes("--help") || options.includes("-h")) {
    console.log(usage);
    process.exit(0);
  }
  try {
    return parseArgs({ ...config, args });
  } catch (error) {
    // Behind its first sentence Node gives advice for the programmer.
    const [fault] = messageOf(error).split(/[.\n]/);
    return exitWithError(new UserError(`${fault}; usage: ${usage}`));
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
