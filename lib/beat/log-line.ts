/**
 * The log line of a beat, in the format of the 2018 Go program: Go's default format of a UTC time, without trailing zeros
 * in the fraction, and without a fraction if it is zero. `time` is in milliseconds since the epoch.
 */
export const logLine = (time: number): string =>
  `bump,Bump... @ ${new Date(time)
    .toISOString()
    .replace("T", " ")
    .replace(/\.?0*Z$/, "")} +0000 UTC`;
