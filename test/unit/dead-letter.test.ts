import { describe, expect, test } from "vitest";
import event from "../../events/heartbeat.json" with { type: "json" };
import { redriveAll, toScheduledEvent } from "../../ops/dead-letter.ts";

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

test("a run tries each letter once, removes what was taken, and ends when one that was not comes again", async () => {
  const queue = ["a", "b", "c"].map((MessageId) => ({ MessageId }));
  const tried: string[] = [];
  const removed: string[] = [];

  const outcome = await redriveAll({
    // As a queue does once what it hid is shown again: to its end.
    next: async () => {
      const letter = queue.shift();
      if (letter !== undefined) queue.push(letter);
      return letter;
    },
    redrive: async ({ MessageId }) => {
      tried.push(MessageId);
      return MessageId === "b";
    },
    remove: async (letter) => {
      removed.push(letter.MessageId);
      queue.splice(queue.indexOf(letter), 1);
    },
  });

  expect(outcome).toEqual({ redriven: 1, kept: [{ MessageId: "a" }, { MessageId: "c" }] });
  expect(tried).toEqual(["a", "b", "c"]);
  expect(removed).toEqual(["b"]);
});
