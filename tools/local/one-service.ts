/** A running service. `end` resolves when its process has ended, also if it has ended before. */
export interface RunningService {
  end(signal: NodeJS.Signals): Promise<void>;
}

/**
 * Starts a service, and starts it again on request. At most one runs at a time: a request during a restart is part of that
 * restart, because its service starts after the request. After `stop` none starts.
 */
export const runOneService = (start: () => RunningService) => {
  let service = start();
  let restarting: Promise<void> | undefined;
  let stopped = false;
  const replace = async () => {
    // Nothing is lost: a beat that is not acknowledged was not counted, or it counts once when it is delivered again.
    await service.end("SIGKILL");
    restarting = undefined;
    if (!stopped) service = start();
  };
  return {
    restart: async (): Promise<void> => {
      if (stopped) return;
      restarting ??= replace();
      await restarting;
    },
    stop: async (): Promise<void> => {
      stopped = true;
      await restarting;
      await service.end("SIGTERM");
    },
  };
};
