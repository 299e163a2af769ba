import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { SLS } from "../node/installed.ts";
import { messageOf, UserError } from "../user-error.ts";
import { explainAwsError } from "./aws-error.ts";

/** What serverless.yml defines for a stage and region. */
export interface Deployed {
  /** The name of the CloudFormation stack. */
  stack: string;
  region: string;
  /** The deployed name of each function, by its key in serverless.yml. */
  functions: Record<string, string>;
  /** Minutes between two scheduled beats. */
  interval: number;
  /** The CloudWatch namespace of the metrics. */
  metricsNamespace: string;
  /** The names of the CloudWatch alarms. */
  alarms: string[];
}

interface Resource {
  Type: string;
  Properties?: { AlarmName?: string };
}

/**
 * Reads the deployed names, as `sls` resolves serverless.yml for this stage and region.
 * @throws UserError if serverless.yml or an option is invalid
 */
export const readDeployed = async (options: {
  stage?: string | undefined;
  region?: string | undefined;
}): Promise<Deployed> => {
  const args = Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}=${value}`],
  );
  const { stdout } = await promisify(execFile)(process.execPath, [SLS, "print", "--format=json", ...args], {
    maxBuffer: 16 * 1024 * 1024,
  }).catch((error) => {
    // The framework prints an error to standard output; the plugins of this project use standard error.
    const [, fault = error.stderr || messageOf(error)] = /^Error:\n([\s\S]+)/m.exec(error.stdout ?? "") ?? [];
    throw new UserError(`cannot read the deployed names: ${fault.trim()}`);
  });
  const { service, provider, functions, resources } = JSON.parse(stdout);
  const declared: Resource[] = Object.values(resources.Resources);
  return {
    stack: provider.stackName ?? `${service}-${provider.stage}`,
    region: provider.region,
    functions: Object.fromEntries(Object.keys(functions).map((key) => [key, functions[key].name])),
    interval: Number(functions.heartbeat.environment?.EVERY ?? 1),
    metricsNamespace: provider.environment.METRICS_NAMESPACE,
    alarms: declared.flatMap(({ Type, Properties: { AlarmName } = {} }) =>
      Type === "AWS::CloudWatch::Alarm" && AlarmName !== undefined ? [AlarmName] : [],
    ),
  };
};

/** The outputs of a stack. @throws UserError if AWS rejects the request, for example because the stack does not exist */
export const readOutputs = async ({
  stack,
  region,
}: Pick<Deployed, "stack" | "region">): Promise<Record<string, string>> => {
  const client = new CloudFormationClient({ region });
  const { Stacks = [] } = await client
    .send(new DescribeStacksCommand({ StackName: stack }))
    .catch((error) => {
      throw explainAwsError(`cannot read the stack ${stack} in ${region}`, error);
    });
  const outputs = Stacks.flatMap(({ Outputs = [] }) => Outputs);
  return Object.fromEntries(outputs.map(({ OutputKey = "", OutputValue = "" }) => [OutputKey, OutputValue]));
};

/** The number of messages in a queue, including hidden ones. SQS calls it approximate. */
export const countMessages = async (sqs: SQSClient, queueUrl: string): Promise<number> => {
  const { Attributes = {} } = await sqs
    .send(
      new GetQueueAttributesCommand({
        QueueUrl: queueUrl,
        AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
      }),
    )
    .catch((error) => {
      throw explainAwsError("cannot count the messages in the dead-letter queue", error);
    });
  return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
};
