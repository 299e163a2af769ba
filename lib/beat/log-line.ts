/**
 * The line that the 2018 program logged for each beat: Go's default form of a UTC time, the fraction's
 * trailing zeros dropped, no fraction when it is zero. `time` in ms since the epoch.
 */
export const logLine = (time: number): string =>
  `bump,Bump... @ ${new Date(time)
    .toISOString()
    .replace("T", " ")
    .replace(/\.?0*Z$/, "")} +0000 UTC`;
