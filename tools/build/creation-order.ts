import { isDeepStrictEqual } from "node:util";
import { UserError } from "../user-error.ts";

/** The parts of a CloudFormation template that concern the order in which an HTTP API is created. */
export interface ApiTemplate {
  Resources: Record<string, ApiResource>;
}

interface ApiResource {
  Type: string;
  DependsOn?: string | string[];
  Properties?: {
    FunctionName?: unknown;
    IntegrationUri?: unknown;
    Principal?: unknown;
    RouteKey?: string;
    RouteSettings?: Record<string, unknown>;
  };
}

/**
 * Adds the dependencies that the framework leaves out. A route works as soon as it and its integration exist, so the
 * permission to invoke the function is created before the integration. API Gateway rejects limits of a route that does not
 * exist yet, so the stage is created after each route in its settings.
 * @throws UserError if the stage has settings for a route that no function declares
 */
export const orderHttpApi = ({ Resources }: ApiTemplate): void => {
  const all = Object.entries(Resources);
  const permissions = all.filter(
    ([, { Type, Properties }]) =>
      Type === "AWS::Lambda::Permission" && Properties?.Principal === "apigateway.amazonaws.com",
  );
  for (const [, resource] of all) {
    const { Type, Properties: { IntegrationUri, RouteSettings } = {} } = resource;
    if (Type === "AWS::ApiGatewayV2::Integration") {
      const own = permissions.filter(([, { Properties }]) =>
        isDeepStrictEqual(Properties?.FunctionName, IntegrationUri),
      );
      createAfter(
        resource,
        own.map(([name]) => name),
      );
    }
    if (Type === "AWS::ApiGatewayV2::Stage") {
      createAfter(
        resource,
        Object.keys(RouteSettings ?? {}).map((key) => routeNamed(all, key)),
      );
    }
  }
};

const createAfter = (resource: ApiResource, names: string[]): void => {
  resource.DependsOn = [...new Set([...[resource.DependsOn ?? []].flat(), ...names])];
};

const routeNamed = (resources: [string, ApiResource][], routeKey: string): string => {
  const route = resources.find(
    ([, { Type, Properties }]) => Type === "AWS::ApiGatewayV2::Route" && Properties?.RouteKey === routeKey,
  );
  if (route !== undefined) return route[0];
  throw new UserError(
    `cloud/http-api.yml limits the route ${routeKey}, which no function in serverless.yml has: remove it from RouteSettings, or add the event httpApi: ${routeKey} to a function`,
  );
};
