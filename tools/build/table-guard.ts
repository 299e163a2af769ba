import { UserError } from "../user-error.ts";

/** The parts of a CloudFormation template of this service that concern its table. */
export interface Template {
  Conditions?: { OwnsTable?: { "Fn::Equals": readonly [unknown, unknown] } };
  Resources?: { BeatsTable?: { DeletionPolicy?: string; UpdateReplacePolicy?: string } };
  Outputs?: { BeatsTableName?: { Value: string } };
}

/**
 * Rejects a template without the table under the name that this file and cloud/ refer to.
 * @throws UserError with the name to use
 */
export const requireTable = ({ Resources }: Template): void => {
  if (Resources?.BeatsTable !== undefined) return;
  throw new UserError(
    "serverless.yml has no resource BeatsTable: give the table of beats this name again, because cloud/dead-letters.yml and the checks that prevent its deletion refer to it",
  );
};

interface TableUse {
  /** The table that the functions use; undefined while the stack is being created. */
  name: string | undefined;
  /** Whether the table is a resource of the stack, so that CloudFormation may delete it. */
  isOwned: boolean;
  /** Whether CloudFormation keeps the table when the stack no longer contains it. */
  isRetained: boolean;
}

const toTableUse = ({ Conditions, Resources, Outputs }: Template): TableUse => {
  const [given, none] = Conditions?.OwnsTable?.["Fn::Equals"] ?? [];
  const table = Resources?.BeatsTable;
  return {
    name: Outputs?.BeatsTableName?.Value,
    isOwned: table !== undefined && given === none,
    isRetained: table?.DeletionPolicy === "Retain" && table.UpdateReplacePolicy === "Retain",
  };
};

/**
 * Rejects an update that would delete the table of the stack, or that would fail because the table exists. CloudFormation
 * deletes a removed resource by the policy of the deployed template, not by that of the new one.
 * @throws UserError saying how to keep the table
 */
export const checkUpdate = (stack: string, liveTemplate: Template, nextTemplate: Template): void => {
  const live = toTableUse(liveTemplate);
  const next = toTableUse(nextTemplate);
  const keepsHolding = live.isOwned && next.isOwned && live.name === next.name;
  if (live.isOwned && !keepsHolding && !(live.isRetained && (!next.isOwned || next.isRetained))) {
    throw new UserError(
      `this update would delete the table ${live.name} with all its beats, because the stack ${stack} contains it and does not retain it: deploy once with --param="keepTable=true" and no other change, then repeat this command`,
    );
  }
  if (!live.isOwned && next.isOwned && live.name === next.name) {
    throw new UserError(
      `this update would fail: the stack ${stack} uses the existing table ${live.name} and cannot create a table of that name: deploy with --param="existingTable=${live.name}"`,
    );
  }
};

/** The stack that may contain the table of a template that does not contain it itself: a stage names its table after its stack. */
export const otherHolder = (template: Template): string | undefined => {
  const { name, isOwned } = toTableUse(template);
  return isOwned || name === undefined ? undefined : /^(.+)-beats$/.exec(name)?.[1];
};

/**
 * Rejects a template that uses the table of another stack, if removing that stack deletes the table.
 * @throws UserError saying how to keep the table
 */
export const checkHolder = (stack: string, holderTemplate: Template, nextTemplate: Template): void => {
  const holder = toTableUse(holderTemplate);
  if (!holder.isOwned || holder.isRetained || holder.name !== toTableUse(nextTemplate).name) return;
  throw new UserError(
    `existingTable=${holder.name} belongs to the stack ${stack}, which deletes it when that stack is removed: deploy that stack once with --param="keepTable=true", then repeat this command`,
  );
};
