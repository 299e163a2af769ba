import { stripVTControlCharacters } from "node:util";

/**
 * Hides lines that would mislead on the terminal: the metrics lines, which functions write for CloudWatch, and the frame in
 * which serverless-offline lists the routes, because it shows the invocations of the Lambda endpoint on the port of the API.
 */
export const hideLines = (stream: Pick<NodeJS.WriteStream, "write"> = process.stdout): void => {
  const write = stream.write.bind(stream);
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) =>
    typeof chunk === "string" && (isMetrics(chunk) || isFrame(chunk))
      ? true
      : Reflect.apply(write, undefined, [chunk, ...rest]);
};

const isMetrics = (text: string): boolean => text.startsWith('{"_aws":');

const isFrame = (text: string): boolean =>
  stripVTControlCharacters(text).trimStart().startsWith("┌") && text.includes("/invocations");
