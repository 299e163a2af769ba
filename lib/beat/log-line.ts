/**
 * The log line of the original program of 2018: the time in Go's default UTC format, without trailing zeros of the
 * fraction and without a fraction of zero. `time` in milliseconds since the epoch.
 */
export const logLine = (time: number): string =>
  `bump,Bump... @ ${new Date(time)
    .toISOString()
    .replace("T", " ")
    .replace(/\.?0*Z$/, "")} +0000 UTC`;
