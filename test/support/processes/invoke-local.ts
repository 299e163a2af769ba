/** The reply in the output of `sls invoke local`, which can also contain log lines of the function. */
export const answerIn = (output: string): unknown => {
  const [block] = /^\{\n {4}".*?^\}$/ms.exec(output) ?? [];
  if (block === undefined) throw new Error(`no answer in:\n${output}`);
  return JSON.parse(block);
};
