import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { exitWithError, UserError } from "../../user-error.ts";
import { explainAwsError } from "../aws-error.ts";
import { readArguments } from "../command.ts";
import { countMessages, readDeployed, readOutputs } from "../deployed.ts";
import { type Queue, redriveAll, toScheduledEvent } from "./dead-letter.ts";

const USAGE =
  "npm run redrive -- [--stage dev] [--region us-east-1]: sends the event of each message in the dead-letter queue to heartbeat again, and deletes the messages that succeeded";

/** Longer than processing one message, and than receiving every message of 14 days once more. */
const HIDDEN_FOR = 900; // seconds
/** The maximum of SQS. */
const BATCH = 10;

const main = async (args: string[]): Promise<void> => {
  const { values } = readArguments(
    USAGE,
    { options: { stage: { type: "string" }, region: { type: "string" } } },
    args,
  );
  const deployed = await readDeployed(values);
  const { region, functions } = deployed;
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
  const sqs = new SQSClient({ region });
  const lambda = new LambdaClient({ region });
  const { DeadLetterQueueUrl } = await readOutputs(deployed);
  if (DeadLetterQueueUrl === undefined) {
    throw new UserError(
      `the stack ${deployed.stack} has no output DeadLetterQueueUrl: deploy this version first`,
    );
  }
  const queue = { QueueUrl: DeadLetterQueueUrl };
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupted.abort());
  const { signal } = interrupted;
  const messages = messageQueue(sqs, queue);
  const { redriven, failed } = await redriveAll(
    messages,
    (message) => redrive(lambda, functions["heartbeat"], message, signal),
    signal,
  ).catch((error) => {
    throw signal.aborted
      ? new UserError("interrupted: no message is lost; run the command again for the rest")
      : explainAwsError("cannot redrive the messages", error);
  });
  const left = Math.max(failed, await countMessages(sqs, DeadLetterQueueUrl));
  const note =
    left === failed
      ? ""
      : ` according to SQS, whose count is approximate; ${failed} of them failed in this run`;
  console.log(`${redriven} redriven, ${left} left in the queue${note}`);
  process.exitCode = left === 0 ? 0 : 1;
};

const messageQueue = (sqs: SQSClient, queue: { QueueUrl: string }): Queue<Message> => ({
  async receive() {
    // Long polling asks all servers of SQS; short polling can miss a message.
    const receive = new ReceiveMessageCommand({
      ...queue,
      VisibilityTimeout: HIDDEN_FOR,
      WaitTimeSeconds: 2,
    });
    // Not aborted by the signal: a lost reply would leave its message hidden.
    const { Messages = [] } = await sqs.send(receive);
    return Messages[0];
  },
  remove: ({ ReceiptHandle }) => sqs.send(new DeleteMessageCommand({ ...queue, ReceiptHandle })),
  async release(messages) {
    let hidden = 0;
    for (let first = 0; first < messages.length; first += BATCH) {
      const Entries = messages.slice(first, first + BATCH).map(({ ReceiptHandle }, index) => ({
        Id: String(index),
        ReceiptHandle,
        VisibilityTimeout: 0,
      }));
      const { Failed = [] } = await sqs
        .send(new ChangeMessageVisibilityBatchCommand({ ...queue, Entries }))
        .catch(() => ({ Failed: Entries.map(() => ({ Code: "unreachable" })) }));
      // A message that is already visible again needs no release.
      hidden += Failed.filter(({ Code }) => !Code?.endsWith("MessageNotInflight")).length;
    }
    if (hidden > 0) console.error(`${hidden} messages stay hidden for up to ${HIDDEN_FOR / 60} minutes`);
  },
});

/** Sends the event of a message to heartbeat and prints the reply. Returns whether it succeeded. */
const redrive = async (
  lambda: LambdaClient,
  heartbeat: string | undefined,
  message: Message,
  abortSignal: AbortSignal,
): Promise<boolean> => {
  const event = toScheduledEvent(message.Body ?? "");
  if (event === undefined) {
    console.log(`message ${message.MessageId} contains no event with a time`);
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

main(process.argv.slice(2)).catch(exitWithError);
