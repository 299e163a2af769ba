import { type ParseArgsConfig, parseArgs } from "node:util";
import { exitWithError, messageOf, UserError } from "../user-error.ts";

/**
 * Parses the arguments of a command. For `--help` it prints the usage and exits with code 0; for an unknown argument it prints
 * one line that names it and exits with code 1.
 */
export const readArguments = <const T extends ParseArgsConfig>(usage: string, config: T, args: string[]) => {
  continueWithoutReader();
  // Arguments after `--` are not options.
  const options = args.slice(0, [...args, "--"].indexOf("--"));
  if (options.includes("--help") || options.includes("-h")) {
    console.log(usage);
    process.exit(0);
  }
  try {
    return parseArgs({ ...config, args });
  } catch (error) {
    // Only the first sentence of the message is for users.
    const [fault] = messageOf(error).split(/[.\n]/);
    return exitWithError(new UserError(`${fault}; usage: ${usage}`));
  }
};

/** Lets a command finish with its own exit code when the reader of its output has closed the pipe (`| head`). */
const continueWithoutReader = (): void => {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
};
