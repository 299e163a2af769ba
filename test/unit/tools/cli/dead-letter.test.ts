import { describe, expect, test } from "vitest";
import event from "../../../../events/heartbeat.json" with { type: "json" };
import { type Queue, redriveAll, toScheduledEvent } from "../../../../tools/cli/redrive/dead-letter.ts";

describe("toScheduledEvent", () => {
  test("returns a message from EventBridge as it is", () => {
    expect(toScheduledEvent(JSON.stringify(event))).toEqual(event);
  });

  test("returns the event in the envelope from Lambda", () => {
    const envelope = {
      version: "1.0",
      timestamp: "2026-11-23T22:43:04.114Z",
      requestContext: {
        requestId: "0a60f9ac-6cbd-4ad3-b30b-8fcb4f6f5a64",
        functionArn: "arn:aws:lambda:us-east-1:123456789012:function:heartbeat-prod-heartbeat:$LATEST",
        condition: "RetriesExhausted",
        approximateInvokeCount: 3,
      },
      requestPayload: event,
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
      responsePayload: { errorType: "StoreUnavailableError", errorMessage: "the beat could not be recorded" },
    };

    expect(toScheduledEvent(JSON.stringify(envelope))).toEqual(event);
  });

  test.each(["", "tick", "null", "7", "[]", "{}", '{"requestPayload":{}}', '{"requestPayload":null}'])(
    "returns undefined for %j, which has no time",
    (body) => {
      expect(toScheduledEvent(body)).toBeUndefined();
    },
  );
});

const HIDDEN_FOR = 900_000; // ms

/** A queue like SQS: a received message is hidden for some time and gets a new receipt. `clock` sets the time. */
const createQueue = (size: number, clock: { now: number }) => {
  const messages = new Map<string, { visibleAt: number; receipt: string }>();
  for (let n = 0; n < size; n++) messages.set(`message-${n}`, { visibleAt: 0, receipt: "" });
  let receipts = 0;
  const queue: Queue<{ MessageId: string; receipt: string }> = {
    async receive() {
      clock.now += 30;
      // A message that is visible again comes first, which is the worst order.
      const [MessageId, message] =
        [...messages]
          .filter(([, { visibleAt }]) => visibleAt <= clock.now)
          .sort(([, a], [, b]) => Number(b.receipt !== "") - Number(a.receipt !== ""))[0] ?? [];
      if (MessageId === undefined || message === undefined) {
        clock.now += 2_000;
        return undefined;
      }
      message.receipt = `receipt-${receipts++}`;
      message.visibleAt = clock.now + HIDDEN_FOR;
      return { MessageId, receipt: message.receipt };
    },
    async remove({ MessageId }) {
      messages.delete(MessageId);
    },
    async release(released) {
      for (const { MessageId, receipt } of released) {
        const message = messages.get(MessageId);
        // Only the newest receipt of a message is valid.
        if (message?.receipt === receipt) message.visibleAt = clock.now;
      }
    },
  };
  return {
    queue,
    visible: () => [...messages].filter(([, { visibleAt }]) => visibleAt <= clock.now).map(([id]) => id),
  };
};

describe("redriveAll", () => {
  test.each([
    { size: 1_440, refused: 1 },
    { size: 1_440, refused: 700 },
    { size: 0, refused: 0 },
  ])("tries each of $size messages once, in a second each, when $refused fail", async ({ size, refused }) => {
    const clock = { now: 0 };
    const { queue, visible } = createQueue(size, clock);
    const tries = new Map<string, number>();

    const outcome = await redriveAll(queue, async ({ MessageId }) => {
      tries.set(MessageId, (tries.get(MessageId) ?? 0) + 1);
      clock.now += 1_000;
      return Number(MessageId.slice("message-".length)) >= refused;
    });

    expect(outcome).toEqual({ redriven: size - refused, failed: refused });
    expect(tries.size).toBe(size);
    expect([...tries.values()].filter((times) => times !== 1)).toEqual([]);
    expect(visible()).toEqual(Array.from({ length: refused }, (_, n) => `message-${n}`));
  });

  test("continues after an empty reply, which SQS can return although there are messages", async () => {
    const clock = { now: 0 };
    const { queue } = createQueue(3, clock);
    let answers = 0;
    const receive = async () => (answers++ % 3 === 2 ? queue.receive() : undefined);

    const outcome = await redriveAll({ ...queue, receive }, async () => true);

    expect(outcome).toEqual({ redriven: 3, failed: 0 });
  });

  test.each<[what: string, steps: (queue: ReturnType<typeof createQueue>["queue"]) => Partial<typeof queue>]>(
    [
      ["the removal of a message fails", () => ({ remove: () => Promise.reject(new Error("lost")) })],
      [
        "a reply of the queue is lost",
        ({ receive }) => {
          let answers = 0;
          return { receive: () => (++answers > 2 ? Promise.reject(new Error("lost")) : receive()) };
        },
      ],
    ],
  )("leaves no message hidden when %s", async (_, steps) => {
    const { queue, visible } = createQueue(5, { now: 0 });

    const run = redriveAll({ ...queue, ...steps(queue) }, async ({ MessageId }) => MessageId === "message-3");

    await expect(run).rejects.toThrow("lost");
    expect(visible()).toHaveLength(5);
  });

  test("leaves no message hidden when an invocation throws", async () => {
    const { queue, visible } = createQueue(5, { now: 0 });

    const run = redriveAll(queue, ({ MessageId }) =>
      MessageId === "message-2" ? Promise.reject(new Error("throttled")) : Promise.resolve(false),
    );

    await expect(run).rejects.toThrow("throttled");
    expect(visible()).toHaveLength(5);
  });

  test("leaves no message hidden when it is interrupted", async () => {
    const { queue, visible } = createQueue(5, { now: 0 });
    const interrupted = new AbortController();

    const run = redriveAll(
      queue,
      async ({ MessageId }) => {
        if (MessageId === "message-2") interrupted.abort();
        return MessageId === "message-1";
      },
      interrupted.signal,
    );

    await expect(run).rejects.toThrow("aborted");
    expect(visible()).toEqual(["message-0", "message-2", "message-3", "message-4"]);
  });
});
