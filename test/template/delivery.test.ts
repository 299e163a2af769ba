import { describe, expect, inject, test } from "vitest";
import { allOf, arnOf, getAtt, readNames, readTemplate, ref } from "../support/aws/template.ts";

const template = readTemplate(inject("packages").dev);
const { service } = readNames(inject("packages").dev);
const { Resources } = template;

const RULE_ARN = arnOf("events", `rule/${service}-dev-heartbeat`);

describe("a scheduled minute", () => {
  test("is retried by the rule up to 185 times within 24 hours, then sent to the dead-letter queue", () => {
    expect(Resources["HeartbeatEventsRuleSchedule1"]?.Properties).toEqual({
      Name: `${service}-dev-heartbeat`,
      ScheduleExpression: "cron(* * * * ? *)",
      State: "ENABLED",
      Targets: [
        {
          Id: "heartbeatSchedule",
          Arn: getAtt("HeartbeatLambdaFunction"),
          RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
          DeadLetterConfig: { Arn: getAtt("DeadLetterQueue") },
        },
      ],
    });
  });

  test("is retried by Lambda twice within 6 hours, then sent to the dead-letter queue", () => {
    expect(Resources["HeartbeatLambdaEvConf"]?.Properties).toEqual({
      FunctionName: ref("HeartbeatLambdaFunction"),
      Qualifier: "$LATEST",
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 21_600,
      DestinationConfig: { OnFailure: { Destination: getAtt("DeadLetterQueue") } },
    });
  });
});

describe("the dead-letter queue", () => {
  test("keeps messages for 14 days, encrypted", () => {
    expect(allOf(template, "AWS::SQS::Queue").map(([name]) => name)).toEqual(["DeadLetterQueue"]);
    expect(Resources["DeadLetterQueue"]?.Properties).toEqual({
      MessageRetentionPeriod: 14 * 24 * 3600,
      SqsManagedSseEnabled: true,
    });
  });

  test("accepts messages only from the schedule rule and from heartbeat's role", () => {
    expect(allOf(template, "AWS::SQS::QueuePolicy").map(([, { Properties }]) => Properties)).toEqual([
      {
        Queues: [ref("DeadLetterQueue")],
        PolicyDocument: {
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { Service: "events.amazonaws.com" },
              Action: "sqs:SendMessage",
              Resource: getAtt("DeadLetterQueue"),
              Condition: { ArnEquals: { "aws:SourceArn": RULE_ARN } },
            },
          ],
        },
      },
    ]);
  });
});
