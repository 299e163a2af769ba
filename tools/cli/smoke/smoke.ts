import { exitWithError, messageOf, UserError } from "../../user-error.ts";
import { readArguments } from "../command.ts";
import { readDeployed, readOutputs } from "../deployed.ts";
import { CHECKS, type Stage } from "./checks.ts";

const NAMES = Object.keys(CHECKS);
const USAGE = `npm run smoke -- [--stage dev] [--region us-east-1] [--url https://…] [--without <check>]…: checks a deployed stage from outside, which takes some minutes. --url: the address of the API, if it is not the one in the outputs of the stack. Checks: ${NAMES.join(", ")}`;

const main = async (args: string[]): Promise<void> => {
  const { values } = readArguments(
    USAGE,
    {
      options: {
        stage: { type: "string" },
        region: { type: "string" },
        url: { type: "string" },
        without: { type: "string", multiple: true },
      },
    },
    args,
  );
  const { without = [], url, ...options } = values;
  const unknown = without.find((name) => !NAMES.includes(name));
  if (unknown !== undefined) throw new UserError(`unknown check ${unknown}: use ${NAMES.join(", ")}`);
  if (url !== undefined && !(URL.canParse(url) && /^https?:$/.test(new URL(url).protocol))) {
    throw new UserError(
      `invalid --url ${url}: use the address of the API, such as https://heartbeat.example.org`,
    );
  }
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
  const stage = await findStage(options, url);
  console.log(`smoke test of ${stage.stack} in ${stage.region} at ${stage.url}`);
  const counts = { passed: 0, failed: 0, "not checked": 0 };
  for (const [name, check] of Object.entries(CHECKS)) {
    const { result, detail } = without.includes(name)
      ? { result: "not checked" as const, detail: "--without" }
      : await check(stage).then(
          (detail) => ({ result: "passed" as const, detail }),
          (error) => ({ result: "failed" as const, detail: messageOf(error) }),
        );
    counts[result]++;
    console.log(`${name.padEnd(13)} ${result.padEnd(12)} ${detail}`);
  }
  console.log(
    Object.entries(counts)
      .map(([result, count]) => `${count} ${result}`)
      .join(", "),
  );
  process.exitCode = counts.failed === 0 ? 0 : 1;
};

const findStage = async (
  options: { stage?: string | undefined; region?: string | undefined },
  url: string | undefined,
): Promise<Stage> => {
  const deployed = await readDeployed(options);
  const outputs = await readOutputs(deployed);
  const { HttpApiUrl, DeadLetterQueueUrl } = outputs;
  if (HttpApiUrl === undefined || DeadLetterQueueUrl === undefined) {
    throw new UserError(
      `the stack ${deployed.stack} has no output HttpApiUrl or DeadLetterQueueUrl: deploy this version of the service first`,
    );
  }
  return {
    ...deployed,
    url: (url ?? HttpApiUrl).replace(/\/+$/, ""),
    queue: DeadLetterQueueUrl,
    start: Date.now(),
  };
};

main(process.argv.slice(2)).catch(exitWithError);
