/** Runs at most `limit` tasks at once; the others wait, first come, first served. */
export const limitConcurrency = (limit: number) => {
  const waiting: (() => void)[] = [];
  let free = limit;
  return async <T>(task: () => Promise<T>): Promise<T> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      // The place is handed over: a task that arrives at this moment must not take it.
      if (next) next();
      else free += 1;
    }
  };
};
