import { PurgeQueueCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDeadLetterQueue } from "../support/aws/dead-letter-queue.ts";
import { createDeployable, needsAws, startAws } from "../support/aws/deployed.ts";
import type { EmulatedAws } from "../support/aws/emulated-aws.ts";
import { freshTime, minuteOf, tickAt } from "../support/fixtures/ticks.ts";
import { replaceIn } from "../support/processes/checkout.ts";
import { eventually } from "../support/processes/eventually.ts";

const WITHOUT_SCHEDULE = "--param=schedule=false";
const LETTER_WITHIN = 20_000;

/**
 * Like Lambda, the emulator retries a failed event twice and then sends it to the function's failure destination. It
 * does not check the role's permission to send, and it does not implement the rule's own dead-letter queue. The
 * template tests cover both, and this test puts such a message into the queue itself.
 */
describe("a minute that cannot be recorded", needsAws(), () => {
  let folder: string;
  let broken: string;
  let aws: EmulatedAws;
  let api: Awaited<ReturnType<EmulatedAws["openApi"]>>;
  let letters: Awaited<ReturnType<typeof openDeadLetterQueue>>;
  beforeAll(async () => {
    folder = createDeployable();
    broken = createDeployable();
    replaceIn(broken, ["cloud/roles.yml"], "dynamodb:UpdateItem", "dynamodb:DescribeTable");
    aws = await startAws();
    await aws.slsOrThrow(broken, "deploy", WITHOUT_SCHEDULE);
    api = await aws.openApi(broken);
    letters = await openDeadLetterQueue(aws, broken);
  });
  afterAll(async () => {
    letters?.sqs.destroy();
    expect(await aws?.stop()).toEqual([]);
  });

  const redrive = (...args: string[]) => aws.run(folder, "npm", "run", "--silent", "redrive", ...args);
  const time = freshTime();
  const later = freshTime();

  it("is sent to the dead-letter queue", async () => {
    const args = ["-f", "heartbeat", "--type", "Event", "--data", JSON.stringify(tickAt(time))];
    await aws.slsOrThrow(broken, "invoke", ...args);

    const came = await eventually(async () => (await letters.count()) === 1, LETTER_WITHIN);

    expect(came).toBe(true);
    expect(await api.text("/beats")).toBe('{"payload":0}');
  });

  it("stays in the queue when it is redriven before the cause is fixed", async () => {
    const { code, lines } = await redrive();

    expect(code).toBe(1);
    expect(lines).toEqual([
      expect.stringContaining(`${time} "the beat could not be recorded: AccessDenied`),
      "0 redriven, 1 left in the queue",
    ]);
    expect(await letters.count()).toBe(1);
  });

  it("stays in the queue when its message does not name a minute", async () => {
    const { MessageId } = await letters.sqs.send(
      new SendMessageCommand({ ...letters.queue, MessageBody: "{}" }),
    );

    const { code, lines } = await redrive();

    expect(code).toBe(1);
    expect(lines).toContain(`message ${MessageId} contains no event with a time`);
    expect(lines).toContain("0 redriven, 2 left in the queue");
    await letters.sqs.send(new PurgeQueueCommand(letters.queue));
  });

  it("is counted once, as late, when it is redriven after the fix", async () => {
    await aws.slsOrThrow(folder, "deploy", WITHOUT_SCHEDULE);
    // The same minute twice, because each delivery can fail, and another minute.
    for (const event of [tickAt(time), tickAt(time), tickAt(later)]) {
      await letters.sqs.send(
        new SendMessageCommand({ ...letters.queue, MessageBody: JSON.stringify(event) }),
      );
    }

    const { code, lines } = await redrive();

    const answer = (at: string, counted: boolean) =>
      `${at} ${JSON.stringify({ counted, minute: minuteOf(at) })}`;
    expect(lines.sort()).toEqual(
      [
        answer(time, true),
        answer(time, false),
        answer(later, true),
        "3 redriven, 0 left in the queue",
      ].sort(),
    );
    expect(code).toBe(0);
    expect(await letters.count()).toBe(0);
    expect(await api.text("/beats")).toBe('{"payload":2}');
  });

  it("redrive fails for a stage that does not exist", async () => {
    const { code, output } = await redrive("--", "--stage", "nowhere");

    expect(code).toBe(1);
    expect(output).toBe(
      "cannot read the stack heartbeat-nowhere in us-east-1: Stack with id heartbeat-nowhere does not exist: deploy the stage, or correct --stage or --region\n",
    );
  });
});
