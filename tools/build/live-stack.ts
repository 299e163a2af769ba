import {
  CloudFormationClient,
  type CloudFormationClientConfig,
  CloudFormationServiceException,
  GetTemplateCommand,
} from "@aws-sdk/client-cloudformation";
import { GetObjectCommand, NoSuchKey, S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { checkHolder, checkUpdate, otherHolder, type Template } from "./table-guard.ts";

/**
 * Compares the template of an update with the deployed stacks.
 * @throws UserError if the update would delete a table, or use a table that another stack deletes
 */
export const checkAgainstLive = async (
  config: CloudFormationClientConfig,
  stack: string,
  next: Template,
): Promise<void> => {
  const client = new CloudFormationClient(config);
  try {
    const live = await readTemplate(client, stack);
    if (live !== undefined) checkUpdate(stack, live, next);
    const holder = otherHolder(next);
    if (holder === undefined || holder === stack) return;
    const other = await readTemplate(client, holder);
    if (other !== undefined) checkHolder(holder, other, next);
  } finally {
    client.destroy();
  }
};

/** The deployed template of a stack; undefined if the stack does not exist. */
const readTemplate = async (client: CloudFormationClient, stack: string): Promise<Template | undefined> => {
  try {
    const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName: stack }));
    return JSON.parse(TemplateBody || "{}");
  } catch (error) {
    if (error instanceof CloudFormationServiceException && error.name === "ValidationError") return undefined;
    throw error;
  }
};

/** The template of an earlier deployment, from the deployment bucket; undefined if it does not exist. */
export const readDeployedTemplate = async (
  config: S3ClientConfig,
  object: { Bucket: string; Key: string },
): Promise<Template | undefined> => {
  const client = new S3Client(config);
  try {
    const { Body } = await client.send(new GetObjectCommand(object));
    return JSON.parse((await Body?.transformToString()) || "{}");
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  } finally {
    client.destroy();
  }
};
