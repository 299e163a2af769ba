import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadNames, type Names } from "../../../lib/service/names.ts";

export interface Resource {
  Type: string;
  Condition?: string;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
  Metadata?: Record<string, unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: the tests read arbitrary paths of CloudFormation templates
  Properties: any;
}

export interface Template {
  Conditions: Record<string, unknown>;
  Resources: Record<string, Resource>;
  Outputs: Record<string, { Value: unknown }>;
}

/** Reads the CloudFormation template of a package. */
export const readTemplate = ({ folder }: { folder: string }): Template =>
  JSON.parse(readFileSync(join(folder, "cloudformation-template-update-stack.json"), "utf8"));

/** A function of serverless.yml, with the values that the framework resolved for a package. */
export interface FunctionDefinition {
  /** The deployed name. */
  name: string;
  handler: string;
  description?: string;
  role?: string;
  memorySize?: number;
  timeout?: number;
  events: { httpApi?: string; schedule?: object }[];
}

/** Reads the functions of a package, by their keys in serverless.yml. */
export const readFunctions = ({ folder }: { folder: string }): [string, FunctionDefinition][] =>
  Object.entries(JSON.parse(readFileSync(join(folder, "serverless-state.json"), "utf8")).service.functions);

/** The name of the resource of a function. */
export const resourceOf = ({ Resources }: Template, { name }: FunctionDefinition): string =>
  Object.keys(Resources).find((key) => Resources[key]?.Properties?.FunctionName === name) ?? "";

/** The names of the packaged service, read from the environment of a function as the function reads them. */
export const readNames = (made: { folder: string }): Names => {
  const [[, pulse] = []] = allOf(readTemplate(made), "AWS::Lambda::Function");
  return loadNames(pulse?.Properties.Environment.Variables);
};

/** The resources of a type, with their names in the template. */
export const allOf = ({ Resources }: Template, type: string): [string, Resource][] =>
  Object.entries(Resources).filter(([, resource]) => resource.Type === type);

export const getAtt = (name: string, attribute = "Arn") => ({ "Fn::GetAtt": [name, attribute] });
export const ref = (name: string) => ({ Ref: name });

/** The ARN of a resource in this account and region, written with pseudo parameters instead of a reference. */
export const arnOf = (service: string, name: string) => ({
  "Fn::Sub": `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${name}`,
});
