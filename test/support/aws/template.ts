import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface Resource {
  Type: string;
  Condition?: string;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
  Metadata?: Record<string, unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: CloudFormation, whose every path a test states
  Properties: any;
}

export interface Template {
  Conditions: Record<string, unknown>;
  Resources: Record<string, Resource>;
  Outputs: Record<string, { Value: unknown }>;
}

/** The CloudFormation template that a package is deployed by. */
export const readTemplate = ({ folder }: { folder: string }): Template =>
  JSON.parse(readFileSync(join(folder, "cloudformation-template-update-stack.json"), "utf8"));

/** The resources of a type, by their names in the template. */
export const allOf = ({ Resources }: Template, type: string): [string, Resource][] =>
  Object.entries(Resources).filter(([, resource]) => resource.Type === type);

export const getAtt = (name: string, attribute = "Arn") => ({ "Fn::GetAtt": [name, attribute] });
export const ref = (name: string) => ({ Ref: name });

/** The ARN of something of this account and region, spelled out instead of referred to. */
export const arnOf = (service: string, name: string) => ({
  "Fn::Sub": `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${name}`,
});
