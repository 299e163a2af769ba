import { pathToFileURL } from "node:url";
import { node24 } from "../../../tools/node/node-24.ts";
import { run } from "../processes/program.ts";

export interface Invoked {
  // biome-ignore lint/suspicious/noExplicitAny: the tests read arbitrary fields
  answers: any[];
  /** The built-in modules of Node.js that were loaded with the bundle and by its invocations. */
  loaded: { withModule: string[]; byInvocations: string[] };
  stderr: string;
}

/** Runs a bundle like Lambda: loads its module once and invokes it with one event after the other. */
export const invokeOnNode24 = async (
  bundle: string,
  { events, folder, env }: { events: unknown[]; folder: string; env: Record<string, string> },
): Promise<Invoked> => {
  const script = `
    const known = new Set(process.moduleLoadList);
    const news = () => process.moduleLoadList.filter((name) => {
      const isNew = name.startsWith("NativeModule ") && !known.has(name);
      known.add(name);
      return isNew;
    });
    const { handler } = await import(${JSON.stringify(pathToFileURL(bundle).href)});
    const withModule = news();
    const answers = [];
    for (const event of ${JSON.stringify(events)}) {
      answers.push(await handler(event, { awsRequestId: "1", functionName: "f" }));
    }
    console.log("reply " + JSON.stringify({ answers, loaded: { withModule, byInvocations: news() } }));
    // Ends work that is still running after the reply, because Lambda would freeze it.
    process.exit();`;
  const { output, lines, stderr } = await run([await node24(), "--input-type=module", "--eval", script], {
    folder,
    env: { AWS_REGION: "us-east-1", BEATS_TABLE: "beats", ...env },
  });
  const reply = lines.find((line) => line.startsWith("reply "))?.slice("reply ".length);
  if (reply === undefined) throw new Error(output);
  return { ...JSON.parse(reply), stderr };
};
