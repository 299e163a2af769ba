interface Receiver {
  stdout: { isTTY?: boolean };
  stderr: { isTTY?: boolean };
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
}

/**
 * Calls `stop` for each signal that stops a local command: SIGINT (Ctrl+C), SIGTERM, and SIGHUP, which a closed terminal
 * sends. Without a terminal, SIGHUP is ignored, so that the command runs on after `nohup`. A handler is needed for that,
 * because Node.js resets the signals that its parent ignores.
 */
export const onStopSignal = (stop: (signal: NodeJS.Signals) => void, receiver: Receiver = process): void => {
  receiver.on("SIGINT", stop);
  receiver.on("SIGTERM", stop);
  // `nohup` redirects both. With `| tee`, standard error is still the terminal.
  const inTerminal = receiver.stdout.isTTY || receiver.stderr.isTTY;
  receiver.on("SIGHUP", inTerminal ? stop : () => {});
};
