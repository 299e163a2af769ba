import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { EmulatedAws } from "./emulated-aws.ts";

/** The dead-letter queue of the stack that was deployed from a checkout. */
export const openDeadLetterQueue = async (aws: EmulatedAws, folder: string) => {
  const { output } = await aws.slsOrThrow(folder, "info", "--verbose");
  const queue = { QueueUrl: /DeadLetterQueueUrl: (\S+)/.exec(output)?.[1] ?? "" };
  const sqs = new SQSClient({ endpoint: aws.url, credentials: aws.credentials });
  return {
    queue,
    sqs,
    /** The number of messages that are not hidden. */
    async count(): Promise<number> {
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ ...queue, AttributeNames: ["ApproximateNumberOfMessages"] }),
      );
      return Number(Attributes["ApproximateNumberOfMessages"]);
    },
  };
};
