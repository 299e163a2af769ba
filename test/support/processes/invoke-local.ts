/** The answer as `sls invoke local` prints it, in lines of its own, whatever the function logs. */
export const answerIn = (output: string): unknown => {
  const [block] = /^\{\n {4}".*?^\}$/ms.exec(output) ?? [];
  if (block === undefined) throw new Error(`no answer in:\n${output}`);
  return JSON.parse(block);
};
