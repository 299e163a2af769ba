import { isDeepStrictEqual } from "node:util";
import { describe, expect, inject, test } from "vitest";
import { createdBefore } from "../support/aws/creation-order.ts";
import { allOf, getAtt, readFunctions, readTemplate, ref, resourceOf } from "../support/aws/template.ts";

/**
 * CloudFormation creates in the order of dependencies and deletes in the reverse order, so one list holds both:
 * what a sender needs exists before it can send, and until after it can no longer send.
 */
describe.each(Object.values(inject("packages")))("in the template of $title", (made) => {
  const template = readTemplate(made);
  const namesOf = (type: string) => allOf(template, type).map(([name]) => name);

  test("the rule is created after the permission, the retry settings, the dead-letter queue and the table that it needs", () => {
    expect([...createdBefore(template, "HeartbeatEventsRuleSchedule1")].sort()).toEqual([
      "BeatsTable",
      "DeadLetterQueue",
      "DeadLetterQueuePolicy",
      "HeartbeatLambdaEvConf",
      "HeartbeatLambdaFunction",
      "HeartbeatLambdaPermissionEventsRuleSchedule1",
      "HeartbeatLogGroup",
      "HeartbeatRole",
      "ServerlessDeploymentBucket",
    ]);
  });

  test("the rule depends on the table only when the stack creates the table", () => {
    expect(template.Resources["HeartbeatEventsRuleSchedule1"]?.Metadata).toEqual({
      Table: { "Fn::If": ["OwnsTable", ref("BeatsTable"), expect.any(String)] },
    });
  });

  test.each(namesOf("AWS::ApiGatewayV2::Route"))(
    "%s is created after the permission of its function",
    (name) => {
      const before = createdBefore(template, name);
      const functionName = namesOf("AWS::Lambda::Function").find((each) => before.has(each)) ?? "";
      const permission = allOf(template, "AWS::Lambda::Permission").find(
        ([, { Properties }]) =>
          Properties.Principal === "apigateway.amazonaws.com" &&
          isDeepStrictEqual(Properties.FunctionName, getAtt(functionName)),
      );

      expect(before).toContain(permission?.[0]);
    },
  );

  test.each(namesOf("AWS::CloudWatch::Alarm"))(
    "%s is created after the policy of the topic it notifies",
    (name) => {
      expect(createdBefore(template, name)).toContain("AlarmTopicPolicy");
    },
  );

  test.each(readFunctions(made))("%s is created after its role and its log group", (_, definition) => {
    const before = createdBefore(template, resourceOf(template, definition));
    const [group] = allOf(template, "AWS::Logs::LogGroup").find(
      ([, { Properties }]) => Properties.LogGroupName === `/aws/lambda/${definition.name}`,
    ) ?? [""];

    expect([...before]).toEqual(expect.arrayContaining([definition.role, group]));
  });

  test("the stage of the API is created after its log group, its metric filter and the routes in its settings", () => {
    const before = createdBefore(template, "HttpApiStage");
    const { RouteSettings = {} } = template.Resources["HttpApiStage"]?.Properties ?? {};
    const named = allOf(template, "AWS::ApiGatewayV2::Route")
      .filter(([, { Properties }]) => Object.hasOwn(RouteSettings, Properties.RouteKey))
      .map(([name]) => name);

    expect(named).toHaveLength(Object.keys(RouteSettings).length);
    expect([...before]).toEqual(expect.arrayContaining(["HttpApiLogGroup", "ServerErrors", ...named]));
  });
});
