import { describe, expect, test } from "vitest";
import event from "../../../../events/heartbeat.json" with { type: "json" };
import { type Queue, redriveAll, toScheduledEvent } from "../../../../tools/cli/redrive/dead-letter.ts";

describe("a dead letter", () => {
  test("from EventBridge is the event", () => {
    expect(toScheduledEvent(JSON.stringify(event))).toEqual(event);
  });

  test("from Lambda has the event in its envelope", () => {
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
    "of %j, without a time, has no event",
    (body) => {
      expect(toScheduledEvent(body)).toBeUndefined();
    },
  );
});

const HIDDEN_FOR = 900_000; // ms

/** A queue as SQS is one: received letters are hidden for a time, by a receipt of their own. Time passes by `clock`. */
const createQueue = (size: number, clock: { now: number }) => {
  const letters = new Map<string, { visibleAt: number; receipt: string }>();
  for (let n = 0; n < size; n++) letters.set(`letter-${n}`, { visibleAt: 0, receipt: "" });
  let receipts = 0;
  const queue: Queue<{ MessageId: string; receipt: string }> = {
    async receive() {
      clock.now += 30;
      // One that shows again comes first: the worst order.
      const [MessageId, letter] =
        [...letters]
          .filter(([, { visibleAt }]) => visibleAt <= clock.now)
          .sort(([, a], [, b]) => Number(b.receipt !== "") - Number(a.receipt !== ""))[0] ?? [];
      if (MessageId === undefined || letter === undefined) {
        clock.now += 2_000;
        return undefined;
      }
      letter.receipt = `receipt-${receipts++}`;
      letter.visibleAt = clock.now + HIDDEN_FOR;
      return { MessageId, receipt: letter.receipt };
    },
    async remove({ MessageId }) {
      letters.delete(MessageId);
    },
    async release(released) {
      for (const { MessageId, receipt } of released) {
        const letter = letters.get(MessageId);
        // Only the newest receipt of a letter changes it.
        if (letter?.receipt === receipt) letter.visibleAt = clock.now;
      }
    },
  };
  return {
    queue,
    visible: () => [...letters].filter(([, { visibleAt }]) => visibleAt <= clock.now).map(([id]) => id),
  };
};

describe("a redrive", () => {
  test.each([
    { size: 1_440, refused: 1 },
    { size: 1_440, refused: 700 },
    { size: 0, refused: 0 },
  ])(
    "of $size letters that takes a second for each tries each once, with $refused refused",
    async ({ size, refused }) => {
      const clock = { now: 0 };
      const { queue, visible } = createQueue(size, clock);
      const tries = new Map<string, number>();

      const outcome = await redriveAll(queue, async ({ MessageId }) => {
        tries.set(MessageId, (tries.get(MessageId) ?? 0) + 1);
        clock.now += 1_000;
        return Number(MessageId.slice("letter-".length)) >= refused;
      });

      expect(outcome).toEqual({ redriven: size - refused, kept: refused });
      expect(tries.size).toBe(size);
      expect([...tries.values()].filter((times) => times !== 1)).toEqual([]);
      expect(visible()).toEqual(Array.from({ length: refused }, (_, n) => `letter-${n}`));
    },
  );

  test("goes on after an empty answer, which SQS gives though there are letters", async () => {
    const clock = { now: 0 };
    const { queue } = createQueue(3, clock);
    let answers = 0;
    const receive = async () => (answers++ % 3 === 2 ? queue.receive() : undefined);

    const outcome = await redriveAll({ ...queue, receive }, async () => true);

    expect(outcome).toEqual({ redriven: 3, kept: 0 });
  });

  test.each<[what: string, steps: (queue: ReturnType<typeof createQueue>["queue"]) => Partial<typeof queue>]>(
    [
      ["the removal of a letter fails", () => ({ remove: () => Promise.reject(new Error("lost")) })],
      [
        "an answer of the queue is lost",
        ({ receive }) => {
          let answers = 0;
          return { receive: () => (++answers > 2 ? Promise.reject(new Error("lost")) : receive()) };
        },
      ],
    ],
  )("leaves no letter hidden when %s", async (_, steps) => {
    const { queue, visible } = createQueue(5, { now: 0 });

    const run = redriveAll({ ...queue, ...steps(queue) }, async ({ MessageId }) => MessageId === "letter-3");

    await expect(run).rejects.toThrow("lost");
    expect(visible()).toHaveLength(5);
  });

  test("leaves no letter hidden when an invocation throws", async () => {
    const { queue, visible } = createQueue(5, { now: 0 });

    const run = redriveAll(queue, ({ MessageId }) =>
      MessageId === "letter-2" ? Promise.reject(new Error("throttled")) : Promise.resolve(false),
    );

    await expect(run).rejects.toThrow("throttled");
    expect(visible()).toHaveLength(5);
  });

  test("leaves no letter hidden when it is interrupted", async () => {
    const { queue, visible } = createQueue(5, { now: 0 });
    const interrupted = new AbortController();

    const run = redriveAll(
      queue,
      async ({ MessageId }) => {
        if (MessageId === "letter-2") interrupted.abort();
        return MessageId === "letter-1";
      },
      interrupted.signal,
    );

    await expect(run).rejects.toThrow("aborted");
    expect(visible()).toEqual(["letter-0", "letter-2", "letter-3", "letter-4"]);
  });
});
