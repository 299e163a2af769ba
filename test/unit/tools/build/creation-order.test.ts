import { expect, test } from "vitest";
import { type ApiTemplate, orderHttpApi } from "../../../../tools/build/creation-order.ts";

const arnOf = (name: string) => ({ "Fn::GetAtt": [name, "Arn"] });
const permission = (name: string, Principal: string) => ({
  Type: "AWS::Lambda::Permission",
  Properties: { FunctionName: arnOf(name), Principal },
});
const API = "apigateway.amazonaws.com";

/** The parts of a template that the order depends on, for the functions A and B. */
const createTemplate = (RouteSettings: Record<string, object>): ApiTemplate => ({
  Resources: {
    AllowApiA: permission("A", API),
    AllowRuleA: permission("A", "events.amazonaws.com"),
    AllowApiB: permission("B", API),
    IntegrationA: { Type: "AWS::ApiGatewayV2::Integration", Properties: { IntegrationUri: arnOf("A") } },
    IntegrationB: {
      Type: "AWS::ApiGatewayV2::Integration",
      DependsOn: "Other",
      Properties: { IntegrationUri: arnOf("B") },
    },
    RouteA: { Type: "AWS::ApiGatewayV2::Route", Properties: { RouteKey: "GET /a" } },
    RouteB: { Type: "AWS::ApiGatewayV2::Route", Properties: { RouteKey: "GET /b" } },
    Stage: { Type: "AWS::ApiGatewayV2::Stage", DependsOn: ["Log", "RouteA"], Properties: { RouteSettings } },
  },
});

const orderOf = (template: ApiTemplate) => {
  orderHttpApi(template);
  return Object.fromEntries(
    Object.entries(template.Resources).flatMap(([name, { DependsOn }]) =>
      DependsOn === undefined ? [] : [[name, DependsOn]],
    ),
  );
};

test("orderHttpApi creates an integration after the API's permission to invoke its function, and the stage after the routes that it limits", () => {
  expect(orderOf(createTemplate({ "GET /a": {}, "GET /b": {} }))).toEqual({
    IntegrationA: ["AllowApiA"],
    IntegrationB: ["Other", "AllowApiB"],
    Stage: ["Log", "RouteA", "RouteB"],
  });
});

test("orderHttpApi changes nothing when it runs again", () => {
  const template = createTemplate({ "GET /a": {} });
  const once = structuredClone(orderOf(template));

  expect(orderOf(template)).toEqual(once);
});

test("orderHttpApi rejects a limit for a route that does not exist", () => {
  expect(() => orderHttpApi(createTemplate({ "GET /c": {} }))).toThrow(
    "cloud/http-api.yml limits the route GET /c, which no function in serverless.yml has: remove it from RouteSettings, or add the event httpApi: GET /c to a function",
  );
});
