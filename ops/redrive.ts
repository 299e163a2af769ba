import { parseArgs } from "node:util";
import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { redriveAll, toScheduledEvent } from "./dead-letter.ts";

/** Longer than all that is done with one letter. */
const HIDDEN_FOR = 300; // seconds

/** `npm run redrive -- --stage prod`: hands the event of every dead letter to the heartbeat again. */
const main = async (): Promise<void> => {
  const { stage, region } = readOptions();
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
  const sqs = new SQSClient({ region });
  const lambda = new LambdaClient({ region });
  const queue = { QueueUrl: await queueOf(new CloudFormationClient({ region }), `heartbeat-${stage}`) };
  const { redriven, kept } = await redriveAll({
    next: () => nextOf(sqs, queue),
    redrive: (letter) => redrive(lambda, `heartbeat-${stage}-heartbeat`, letter),
    remove: ({ ReceiptHandle }) => sqs.send(new DeleteMessageCommand({ ...queue, ReceiptHandle })),
  });
  for (const { ReceiptHandle } of kept) {
    await sqs.send(new ChangeMessageVisibilityCommand({ ...queue, ReceiptHandle, VisibilityTimeout: 0 }));
  }
  console.log(`${redriven} redriven, ${kept.length} left in the queue`);
  process.exitCode = kept.length === 0 ? 0 : 1;
};

/** Stage and region as `sls` takes them. */
const readOptions = () => {
  const { values } = parseArgs({
    options: {
      stage: { type: "string", default: "dev" },
      region: { type: "string", default: process.env["AWS_REGION"] || "us-east-1" },
    },
  });
  return values;
};

const queueOf = async (cloudFormation: CloudFormationClient, stack: string): Promise<string> => {
  const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stack }));
  const outputs = Stacks.flatMap(({ Outputs = [] }) => Outputs);
  const url = outputs.find(({ OutputKey }) => OutputKey === "DeadLetterQueueUrl")?.OutputValue;
  if (url === undefined) throw new Error(`the stack ${stack} has no output DeadLetterQueueUrl`);
  return url;
};

const nextOf = async (sqs: SQSClient, queue: { QueueUrl: string }): Promise<Message | undefined> => {
  // Waiting asks every server of SQS; one that answers at once may not know of a letter.
  const receive = new ReceiveMessageCommand({ ...queue, VisibilityTimeout: HIDDEN_FOR, WaitTimeSeconds: 2 });
  const { Messages = [] } = await sqs.send(receive);
  return Messages[0];
};

/** Whether the heartbeat took the letter's event; prints its answer. */
const redrive = async (lambda: LambdaClient, heartbeat: string, letter: Message): Promise<boolean> => {
  const event = toScheduledEvent(letter.Body ?? "");
  if (event === undefined) {
    console.log(`message ${letter.MessageId} holds no event with a time`);
    return false;
  }
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: heartbeat, Payload: JSON.stringify(event) }),
  );
  const answer = JSON.parse(Buffer.from(Payload ?? []).toString());
  console.log(event.time, JSON.stringify(FunctionError === undefined ? answer : answer.errorMessage));
  return FunctionError === undefined;
};

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
