/** Hides the metrics lines, which functions write for CloudWatch, from the terminal. */
export const hideMetrics = (stream: Pick<NodeJS.WriteStream, "write"> = process.stdout): void => {
  const write = stream.write.bind(stream);
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) =>
    typeof chunk === "string" && chunk.startsWith('{"_aws":')
      ? true
      : Reflect.apply(write, undefined, [chunk, ...rest]);
};
