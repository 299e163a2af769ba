/**
 * The line the 2018 program logged for each beat, to the letter: Go's default form of a UTC time,
 * the fraction's trailing zeros dropped, no fraction when it is zero.
 */
export const bumpLine = (time: number): string => {
  const [date = "", clock = ""] = new Date(time).toISOString().slice(0, -1).split("T");
  return `bump,Bump... @ ${date} ${clock.replace(/\.?0+$/, (zeros, at) => (at < 8 ? "" : zeros.slice(zeros.length)))} +0000 UTC`;
};
