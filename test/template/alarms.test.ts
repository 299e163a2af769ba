import { describe, expect, inject, test } from "vitest";
import { beatMetricsLine } from "../../lib/beat/metrics-line.ts";
import { allOf, arnOf, getAtt, readNames, readTemplate, ref } from "../support/aws/template.ts";

const template = readTemplate(inject("packages").dev);
const names = readNames(inject("packages").dev);
const { service, metricsNamespace } = names;
const prod = readTemplate(inject("packages").prod);
const withParams = readTemplate(inject("packages").withParams);
const { Resources } = template;

const NOTIFIES_TOPIC = { AlarmActions: [ref("AlarmTopic")], OKActions: [ref("AlarmTopic")] };
const ALARMS = [
  "PulseStoppedAlarm",
  "EventsDroppedAlarm",
  "DeadLettersAlarm",
  "ScheduleFailsAlarm",
  "RuleDlqFailuresAlarm",
  "FunctionDlqFailuresAlarm",
  "ServerErrorsAlarm",
];

const sumOf = (Id: string, MetricName: string) => ({
  Id,
  ReturnData: false,
  MetricStat: {
    Stat: "Sum",
    Period: 60,
    Metric: {
      Namespace: metricsNamespace,
      MetricName,
      Dimensions: [{ Name: "FunctionName", Value: ref("HeartbeatLambdaFunction") }],
    },
  },
});

/** Fires at the first minute in which the metric is above 0. */
const above0 = (Namespace: string, MetricName: string, Statistic: string, Name: string, Value: unknown) => ({
  Namespace,
  MetricName,
  Statistic,
  Dimensions: [{ Name, Value }],
  Period: 60,
  ComparisonOperator: "GreaterThanThreshold",
  Threshold: 0,
  EvaluationPeriods: 1,
  TreatMissingData: "notBreaching",
});

describe("an alarm", () => {
  test("is one of seven", () => {
    expect(allOf(template, "AWS::CloudWatch::Alarm").map(([name]) => name)).toEqual(ALARMS);
  });

  test("fires when 3 of the 4 minutes before the newest 2 have no counted and no paused beat", () => {
    expect(Resources["PulseStoppedAlarm"]?.Properties).toEqual({
      AlarmName: `${service}-dev-pulse-stopped`,
      AlarmDescription:
        "3 of 4 consecutive runs of the schedule (every 1 min) counted no beat, and no pause covers them. Runs whose metrics can still arrive are not evaluated.",
      Metrics: [
        {
          Id: "pulse",
          Expression: "IF(EPOCH(counted) > MAX(EPOCH(counted)) - 120, 1, FILL(counted, 0) + FILL(paused, 0))",
          Label: "beats counted or paused",
          ReturnData: true,
        },
        sumOf("counted", "BeatsCounted"),
        sumOf("paused", "BeatsPaused"),
      ],
      ComparisonOperator: "LessThanThreshold",
      Threshold: 1,
      EvaluationPeriods: 6,
      DatapointsToAlarm: 3,
      TreatMissingData: "breaching",
      ...NOTIFIES_TOPIC,
    });
  });

  test("fires when Lambda drops an event", () => {
    expect(Resources["EventsDroppedAlarm"]?.Properties).toEqual({
      AlarmName: `${service}-dev-events-dropped`,
      AlarmDescription: "Lambda dropped a scheduled event and sent it to the dead-letter queue.",
      ...above0("AWS/Lambda", "AsyncEventsDropped", "Sum", "FunctionName", ref("HeartbeatLambdaFunction")),
      ...NOTIFIES_TOPIC,
    });
  });

  test("fires when the dead-letter queue has a message", () => {
    expect(Resources["DeadLettersAlarm"]?.Properties).toEqual({
      AlarmName: `${service}-dev-dead-letters`,
      AlarmDescription:
        "The dead-letter queue contains a scheduled minute that was not counted. SQS can report the first message of an inactive queue up to 15 minutes late.",
      ...above0(
        "AWS/SQS",
        "ApproximateNumberOfMessagesVisible",
        "Maximum",
        "QueueName",
        getAtt("DeadLetterQueue", "QueueName"),
      ),
      ...NOTIFIES_TOPIC,
    });
  });

  test("fires when EventBridge cannot deliver an event to the function", () => {
    expect(Resources["ScheduleFailsAlarm"]?.Properties).toEqual({
      AlarmName: `${service}-dev-schedule-fails`,
      AlarmDescription: "EventBridge could not deliver a scheduled event to the function.",
      ...above0("AWS/Events", "FailedInvocations", "Sum", "RuleName", ref("HeartbeatEventsRuleSchedule1")),
      ...NOTIFIES_TOPIC,
    });
  });

  test("fires when an event cannot be sent to the dead-letter queue", () => {
    expect(Resources["RuleDlqFailuresAlarm"]?.Properties).toEqual({
      AlarmName: `${service}-dev-rule-dlq-failures`,
      AlarmDescription: "EventBridge could not send an undelivered event to the dead-letter queue.",
      ...above0(
        "AWS/Events",
        "InvocationsFailedToBeSentToDlq",
        "Sum",
        "RuleName",
        ref("HeartbeatEventsRuleSchedule1"),
      ),
      ...NOTIFIES_TOPIC,
    });
    expect(Resources["FunctionDlqFailuresAlarm"]?.Properties).toEqual({
      AlarmName: `${service}-dev-function-dlq-failures`,
      AlarmDescription: "Lambda could not send a failed event to the dead-letter queue.",
      ...above0(
        "AWS/Lambda",
        "DestinationDeliveryFailures",
        "Sum",
        "FunctionName",
        ref("HeartbeatLambdaFunction"),
      ),
      ...NOTIFIES_TOPIC,
    });
  });

  test("fires when the API returns a 5xx status", () => {
    expect(Resources["ServerErrorsAlarm"]?.Properties).toEqual({
      AlarmName: `${service}-dev-server-errors`,
      AlarmDescription: "The HTTP API returned a 5xx status on a route other than /health.",
      ...above0(metricsNamespace, "ServerErrors", "Sum", "ApiId", ref("HttpApi")),
      ...NOTIFIES_TOPIC,
    });
  });

  test("has a name that begins with service and stage", () => {
    const names = allOf(prod, "AWS::CloudWatch::Alarm").map(([, { Properties }]) => Properties.AlarmName);

    for (const name of names) expect(name).toMatch(new RegExp(`^${service}-prod-`));
  });

  test("of the pulse sums metrics that the function writes, by the same namespace and dimension", () => {
    const beat = { minute: "2026-11-23T22:40Z", recordedAt: 0 };
    const [written] = JSON.parse(beatMetricsLine("f", "counted", beat, names))._aws.CloudWatchMetrics;

    for (const { MetricStat } of Resources["PulseStoppedAlarm"]?.Properties.Metrics.slice(1) ?? []) {
      expect(MetricStat.Metric.Namespace).toBe(written.Namespace);
      expect(written.Metrics).toContainEqual({ Name: MetricStat.Metric.MetricName, Unit: "Count" });
      expect(written.Dimensions).toEqual([
        MetricStat.Metric.Dimensions.map(({ Name }: { Name: string }) => Name),
      ]);
    }
  });
});

describe("the topic", () => {
  test("accepts messages only from the seven alarms", () => {
    expect(Resources["AlarmTopicPolicy"]?.Properties).toEqual({
      Topics: [ref("AlarmTopic")],
      PolicyDocument: {
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: "cloudwatch.amazonaws.com" },
            Action: "sns:Publish",
            Resource: ref("AlarmTopic"),
            Condition: {
              ArnEquals: {
                "aws:SourceArn": ALARMS.map((name) =>
                  arnOf("cloudwatch", `alarm:${Resources[name]?.Properties.AlarmName}`),
                ),
              },
            },
          },
        ],
      },
    });
  });

  test("sends mail to the address in alarmEmail", () => {
    expect(withParams.Resources["AlarmEmail"]).toEqual({
      Type: "AWS::SNS::Subscription",
      Condition: "HasAlarmEmail",
      Properties: { TopicArn: ref("AlarmTopic"), Protocol: "email", Endpoint: "me@example.org" },
    });
    expect(withParams.Conditions["HasAlarmEmail"]).toEqual({
      "Fn::Not": [{ "Fn::Equals": ["me@example.org", ""] }],
    });
  });

  test("sends no mail without alarmEmail", () => {
    expect(allOf(template, "AWS::SNS::Subscription").map(([name]) => name)).toEqual(["AlarmEmail"]);
    expect(template.Conditions["HasAlarmEmail"]).toEqual({ "Fn::Not": [{ "Fn::Equals": ["", ""] }] });
  });
});

describe("the dashboard", () => {
  const { DashboardName, DashboardBody } = Resources["Dashboard"]?.Properties ?? {};
  const { widgets } = JSON.parse(DashboardBody["Fn::Sub"]);

  test("is named after stage and region", () => {
    expect(DashboardName).toEqual({ "Fn::Sub": `${service}-dev-\${AWS::Region}` });
  });

  test("is one screen: 24 columns, 14 rows, no widget above another", () => {
    const cells = widgets.flatMap(({ x, y, width, height }: Record<string, number>) =>
      Array.from(
        { length: (width ?? 0) * (height ?? 0) },
        (_, i) => `${(x ?? 0) + (i % (width ?? 1))},${(y ?? 0) + Math.floor(i / (width ?? 1))}`,
      ),
    );

    expect(new Set(cells).size).toBe(24 * 14);
    expect(cells).toHaveLength(24 * 14);
  });

  test("shows each alarm, and each metric of the beats", () => {
    const text = DashboardBody["Fn::Sub"];

    for (const name of ALARMS) expect(text).toContain(`\${${name}.Arn}`);
    for (const name of ["BeatsCounted", "BeatsDuplicate", "BeatsPaused", "BeatLateness"])
      expect(text).toContain(name);
  });
});
