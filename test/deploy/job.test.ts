import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openDeadLetterQueue } from "../support/aws/dead-letter-queue.ts";
import { createDeployable, needsAws, startAws } from "../support/aws/deployed.ts";
import type { EmulatedAws } from "../support/aws/emulated-aws.ts";
import { answer, type Receiver, startReceiver } from "../support/fakes/receiver.ts";
import { switchOnExample } from "../support/fixtures/example-job.ts";
import { freshTime, minuteOf, tickAt } from "../support/fixtures/ticks.ts";
import { replaceIn } from "../support/processes/checkout.ts";
import { eventually } from "../support/processes/eventually.ts";

const WITHOUT_SCHEDULE = "--param=schedule=false";
const LETTER_WITHIN = 20_000;

/**
 * The emulator retries a failed event twice without a delay. It enforces the actions that a role allows, but not the
 * condition on the partition, which fetch-url.test.ts checks in the template.
 */
describe("the example of a job, deployed", needsAws(), () => {
  let folder: string;
  let receiver: Receiver;
  let aws: EmulatedAws;
  let api: Awaited<ReturnType<EmulatedAws["openApi"]>>;
  let letters: Awaited<ReturnType<typeof openDeadLetterQueue>>;
  beforeAll(async () => {
    receiver = await startReceiver();
    folder = createDeployable();
    switchOnExample(folder, receiver.url);
    aws = await startAws();
    await aws.slsOrThrow(folder, "deploy", WITHOUT_SCHEDULE);
    api = await aws.openApi(folder);
    letters = await openDeadLetterQueue(aws, folder);
  });
  beforeEach(() => {
    receiver.calls.length = 0;
  });
  afterAll(async () => {
    letters?.sqs.destroy();
    await receiver.stop();
    expect(await aws?.stop()).toEqual([]);
  });

  const invoke = (time: string, ...more: string[]) =>
    aws.run(
      folder,
      "npx",
      "sls",
      "invoke",
      "-f",
      "heartbeat",
      "--data",
      JSON.stringify(tickAt(time)),
      ...more,
    );
  const redrive = () => aws.run(folder, "npm", "run", "--silent", "redrive");

  it("runs and counts the minute", async () => {
    const time = freshTime();

    const { output } = await invoke(time);

    expect(JSON.parse(output)).toEqual({ counted: true, minute: minuteOf(time) });
    expect(receiver.calls).toHaveLength(1);
    expect(await api.text("/beats")).toBe('{"payload":1}');
  });

  it("goes to the dead-letter queue when the server keeps failing, and counts once when it is redriven", async () => {
    const time = freshTime();
    receiver.receive = answer(503);

    await invoke(time, "--type", "Event");
    const came = await eventually(async () => (await letters.count()) === 1, LETTER_WITHIN);
    const calls = receiver.calls.length;
    const tooEarly = await redrive();
    receiver.receive = answer(200);
    const redriven = await redrive();

    expect({ came, calls }).toEqual({ came: true, calls: 3 });
    expect(tooEarly.lines).toEqual([
      expect.stringContaining(`job fetchUrl failed for ${minuteOf(time)}: Error: `),
      "0 redriven, 1 left in the queue",
    ]);
    expect(redriven.lines).toEqual([
      `${time} ${JSON.stringify({ counted: true, minute: minuteOf(time) })}`,
      "1 redriven, 0 left in the queue",
    ]);
    expect(await api.text("/beats")).toBe('{"payload":2}');
  });

  it("fails without the statement of its role, and the error names the permission", async () => {
    const time = freshTime();
    replaceIn(folder, ["cloud/roles.yml"], "Action: dynamodb:PutItem", "Action: dynamodb:DescribeTable");
    await aws.slsOrThrow(folder, "deploy", WITHOUT_SCHEDULE);

    const { output } = await invoke(time);

    expect(output).toContain(`job fetchUrl failed for ${minuteOf(time)}: StoreRefusedError: `);
    expect(output).toContain("Allow the role of this function dynamodb:PutItem on table heartbeat-dev-beats");
    expect(await api.text("/beats")).toBe('{"payload":2}');
  });
});
