const EVERY_MS = 500;

/**
 * Calls `stop` when the command that started this process is gone, or exits if it is gone already:
 * - `npm run dev` keeps a channel to the service, which closes even after `kill -9`.
 * - `npx` starts the service through a shell and passes signals to the shell only.
 * Any other parent may end: `nohup` and `&` keep a service running.
 */
export const endWithParent = (stop: () => void, env: NodeJS.ProcessEnv = process.env): void => {
  // False if the channel closed while this process started, undefined without a channel.
  if (process.connected === false) process.exit(0);
  process.once("disconnect", stop);
  process.channel?.unref();
  if (env["npm_command"] !== "exec") return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop();
  }, EVERY_MS).unref();
};
