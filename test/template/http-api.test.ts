import { describe, expect, inject, test } from "vitest";
import { renderOpenApi } from "../../lib/http/openapi.ts";
import { DEFAULT_NAMES } from "../../lib/service/names.ts";
import {
  allOf,
  type FunctionDefinition,
  getAtt,
  readFunctions,
  readNames,
  readTemplate,
  ref,
} from "../support/aws/template.ts";

const template = readTemplate(inject("packages").dev);
const { Resources, Outputs } = template;
const { service, metricsNamespace } = readNames(inject("packages").dev);
const stage = Resources["HttpApiStage"]?.Properties;
const logFormat = JSON.parse(stage.AccessLogSettings.Format);

describe("the HTTP API", () => {
  test("limits each route to 1 request per second, more for small replies and fewer for large ones", () => {
    const upTo = (ThrottlingRateLimit: number) => ({
      ThrottlingRateLimit,
      ThrottlingBurstLimit: 5,
      DetailedMetricsEnabled: false,
    });

    expect(stage.DefaultRouteSettings).toEqual(upTo(1));
    expect(stage.RouteSettings).toEqual({
      "GET /ping": upTo(10),
      "GET /beats": upTo(10),
      "GET /status": upTo(5),
      "GET /beats/history": upTo(0.5),
      "HEAD /beats/history": upTo(0.5),
      "HEAD /": upTo(0.5),
      "GET /feed.atom": upTo(0.5),
      "HEAD /feed.atom": upTo(0.5),
    });
  });

  const routes: string[] = allOf(template, "AWS::ApiGatewayV2::Route").map(
    ([, { Properties }]) => Properties.RouteKey,
  );

  test("has the routes that /openapi.json describes, and no other", () => {
    const { paths } = JSON.parse(renderOpenApi(DEFAULT_NAMES).body ?? "");

    const described = Object.keys(paths).flatMap((path) =>
      Object.keys(paths[path]).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const unknown = routes.filter((route) => !described.includes(route));
    const undeclared = described.filter((route) => !routes.includes(route));
    expect(unknown, "describe these routes in PATHS of lib/http/operations.ts").toEqual([]);
    expect(undeclared, "add these routes to a function in serverless.yml").toEqual([]);
  });

  test("has HEAD of each GET route, in the same function", () => {
    const keysOf = ({ events }: FunctionDefinition, method: string) =>
      events.flatMap(({ httpApi = "" }) =>
        httpApi.startsWith(`${method} `) ? [httpApi.slice(method.length + 1)] : [],
      );

    for (const [name, definition] of readFunctions(inject("packages").dev)) {
      const heads = keysOf(definition, "HEAD");
      const missing = keysOf(definition, "GET").filter((path) => !heads.includes(path));
      expect(
        missing.map((path) => `- httpApi: HEAD ${path}`),
        `add to the events of ${name}`,
      ).toEqual([]);
    }
  });

  test("has no stage in its paths", () => {
    expect(stage.StageName).toBe("$default");
  });

  test("exposes every header that /openapi.json describes to pages of other origins", () => {
    const described: string[] = [];
    JSON.stringify(JSON.parse(renderOpenApi(DEFAULT_NAMES).body ?? "").paths, (key, value) => {
      if (key === "headers") described.push(...Object.keys(value));
      return value;
    });

    const { ExposeHeaders } = Resources["HttpApi"]?.Properties.CorsConfiguration ?? {};
    expect(described).toContain("ETag");
    expect([...new Set(described)].filter((name) => !ExposeHeaders?.includes(name))).toEqual([]);
  });

  test("allows GET and HEAD from any origin, with any header, without credentials", () => {
    expect(Resources["HttpApi"]?.Properties.CorsConfiguration).toEqual({
      AllowOrigins: ["*"],
      AllowMethods: ["GET", "HEAD"],
      AllowHeaders: ["*", "Authorization"],
      ExposeHeaders: ["ETag", "Retry-After"],
      MaxAge: 86_400,
    });
  });

  test("logs each request as one line of JSON", () => {
    expect(stage.AccessLogSettings.DestinationArn).toEqual(getAtt("HttpApiLogGroup"));
    expect(logFormat).toEqual({
      apiId: "$context.apiId",
      requestId: "$context.requestId",
      time: "$context.requestTime",
      ip: "$context.identity.sourceIp",
      method: "$context.httpMethod",
      path: "$context.path",
      route: "$context.routeKey",
      status: "$context.status",
      bytes: "$context.responseLength",
      ms: "$context.responseLatency",
    });
  });

  test("counts the 5xx replies of every path except /health by a metric filter on the access log", () => {
    expect(Resources["ServerErrors"]?.Properties).toEqual({
      LogGroupName: ref("HttpApiLogGroup"),
      FilterPattern: '{ ($.status = "5*") && ($.route != "GET /health") && ($.route != "HEAD /health") }',
      MetricTransformations: [
        {
          MetricNamespace: metricsNamespace,
          MetricName: "ServerErrors",
          MetricValue: "1",
          Unit: "Count",
          Dimensions: [{ Key: "ApiId", Value: "$.apiId" }],
        },
      ],
    });
  });

  test("has its URL in the outputs of the stack, beside the table, the queue and the topic", () => {
    expect(Object.fromEntries(Object.entries(Outputs).map(([name, { Value }]) => [name, Value]))).toEqual({
      HttpApiId: ref("HttpApi"),
      HttpApiUrl: {
        "Fn::Join": [
          "",
          ["https://", ref("HttpApi"), ".execute-api.", ref("AWS::Region"), ".", ref("AWS::URLSuffix")],
        ],
      },
      BeatsTableName: `${service}-dev-beats`,
      DeadLetterQueueUrl: ref("DeadLetterQueue"),
      AlarmTopicArn: ref("AlarmTopic"),
      ServerlessDeploymentBucketName: ref("ServerlessDeploymentBucket"),
    });
  });
});
