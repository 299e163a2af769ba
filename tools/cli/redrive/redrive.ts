import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { messageOf, UserError } from "../../user-error.ts";
import { readArguments } from "../command.ts";
import { type Queue, redriveAll, toScheduledEvent } from "./dead-letter.ts";

const USAGE =
  "npm run redrive -- [--stage dev] [--region us-east-1]: sends the event of each message in the dead-letter queue to heartbeat again, and deletes the messages that succeeded";

/** Longer than all that is done with one letter, and than it takes to receive each letter of 14 days once more. */
const HIDDEN_FOR = 900; // seconds
/** The most that SQS takes at once. */
const BATCH = 10;

const main = async (args: string[]): Promise<void> => {
  const { values } = readArguments(
    USAGE,
    { options: { stage: { type: "string" }, region: { type: "string" } } },
    args,
  );
  const { stack, region, heartbeat } = await readNames(values);
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
  const sqs = new SQSClient({ region });
  const lambda = new LambdaClient({ region });
  const queue = { QueueUrl: await queueOf(new CloudFormationClient({ region }), stack) };
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupted.abort());
  const { signal } = interrupted;
  const letters = letterQueue(sqs, queue);
  const { redriven, kept } = await redriveAll(
    letters,
    (letter) => redrive(lambda, heartbeat, letter, signal),
    signal,
  ).catch((error) => {
    throw signal.aborted
      ? new UserError("interrupted: no message is lost; run the command again for the rest")
      : error;
  });
  const left = Math.max(kept, await countOf(sqs, queue));
  const doubt =
    left === kept ? "" : ` according to SQS, whose count is approximate; ${kept} of them were tried`;
  console.log(`${redriven} redriven, ${left} left in the queue${doubt}`);
  process.exitCode = left === 0 ? 0 : 1;
};

/** The names of what is deployed, as serverless.yml gives them to `sls` for this stage and region. */
const readNames = async (values: { stage?: string | undefined; region?: string | undefined }) => {
  const options = Object.entries(values).map(([name, value]) => `--${name}=${value}`);
  const { stdout } = await promisify(execFile)(
    "node_modules/.bin/sls",
    ["print", "--format=json", ...options],
    { maxBuffer: 16 * 1024 * 1024 },
  ).catch((error) => {
    throw new UserError(`cannot read the deployed names: ${error.stderr || messageOf(error)}`);
  });
  const { service, provider, functions } = JSON.parse(stdout);
  const { stage, region } = provider;
  return { stack: `${service}-${stage}`, region, heartbeat: functions.heartbeat.name };
};

const queueOf = async (cloudFormation: CloudFormationClient, stack: string): Promise<string> => {
  const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stack }));
  const outputs = Stacks.flatMap(({ Outputs = [] }) => Outputs);
  const url = outputs.find(({ OutputKey }) => OutputKey === "DeadLetterQueueUrl")?.OutputValue;
  if (url === undefined) throw new Error(`the stack ${stack} has no output DeadLetterQueueUrl`);
  return url;
};

const letterQueue = (sqs: SQSClient, queue: { QueueUrl: string }): Queue<Message> => ({
  async receive() {
    // Waiting asks every server of SQS; one that answers at once may not know of a letter.
    const receive = new ReceiveMessageCommand({
      ...queue,
      VisibilityTimeout: HIDDEN_FOR,
      WaitTimeSeconds: 2,
    });
    // Not cut short by the signal: the answer that is lost would leave its letter hidden.
    const { Messages = [] } = await sqs.send(receive);
    return Messages[0];
  },
  remove: ({ ReceiptHandle }) => sqs.send(new DeleteMessageCommand({ ...queue, ReceiptHandle })),
  async release(letters) {
    let hidden = 0;
    for (let first = 0; first < letters.length; first += BATCH) {
      const Entries = letters.slice(first, first + BATCH).map(({ ReceiptHandle }, place) => ({
        ...{ Id: String(place), ReceiptHandle, VisibilityTimeout: 0 },
      }));
      const { Failed = [] } = await sqs
        .send(new ChangeMessageVisibilityBatchCommand({ ...queue, Entries }))
        .catch(() => ({ Failed: Entries.map(() => ({ Code: "unreachable" })) }));
      // One that shows again already needs no release.
      hidden += Failed.filter(({ Code }) => !Code?.endsWith("MessageNotInflight")).length;
    }
    if (hidden > 0) console.error(`${hidden} messages stay hidden for up to ${HIDDEN_FOR / 60} minutes`);
  },
});

/** All letters of the queue, those among them that are hidden too. */
const countOf = async (sqs: SQSClient, queue: { QueueUrl: string }): Promise<number> => {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      ...queue,
      AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    }),
  );
  return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
};

/** Whether the heartbeat took the letter's event; prints its answer. */
const redrive = async (
  lambda: LambdaClient,
  heartbeat: string,
  letter: Message,
  abortSignal: AbortSignal,
): Promise<boolean> => {
  const event = toScheduledEvent(letter.Body ?? "");
  if (event === undefined) {
    console.log(`message ${letter.MessageId} contains no event with a time`);
    return false;
  }
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: heartbeat, Payload: JSON.stringify(event) }),
    { abortSignal },
  );
  const answer = JSON.parse(Buffer.from(Payload ?? []).toString());
  console.log(event.time, JSON.stringify(FunctionError === undefined ? answer : answer.errorMessage));
  return FunctionError === undefined;
};

main(process.argv.slice(2)).catch((error) => {
  console.error(messageOf(error));
  process.exitCode = 1;
});
