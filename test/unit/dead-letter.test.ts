import { describe, expect, test } from "vitest";
import event from "../../events/heartbeat.json" with { type: "json" };
import { toScheduledEvent } from "../../ops/dead-letter.ts";

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
