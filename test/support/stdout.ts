/**
 * Sends what the code under test writes to stdout, such as metric lines, through the console of vitest, which prints the
 * output of failed tests only. Directly written output would always appear.
 */
process.stdout.write = (chunk: string | Uint8Array): boolean => {
  console.info(Buffer.from(chunk).toString().replace(/\n$/, ""));
  return true;
};
