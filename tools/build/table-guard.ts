import { UserError } from "../user-error.ts";

/** What a CloudFormation template of this service says about its table. */
export interface Template {
  Conditions?: { OwnsTable?: { "Fn::Equals": readonly [unknown, unknown] } };
  Resources?: { BeatsTable?: { DeletionPolicy?: string; UpdateReplacePolicy?: string } };
  Outputs?: { BeatsTableName?: { Value: string } };
}

interface TableUse {
  /** The table that the functions use; undefined before a stack is whole. */
  name: string | undefined;
  /** Whether the table is a resource of the stack, so that CloudFormation may delete it. */
  isOwned: boolean;
  /** Whether CloudFormation leaves the table alone when the stack no longer holds it. */
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
 * Refuses an update of a stack that would delete its table, or that fails because the table exists already.
 * CloudFormation deletes a removed resource by the policy of the template that is live, not by that of the new one.
 * @throws StartError saying how to keep the table
 */
export const checkUpdate = (stack: string, liveTemplate: Template, nextTemplate: Template): void => {
  const live = toTableUse(liveTemplate);
  const next = toTableUse(nextTemplate);
  const keepsHolding = live.isOwned && next.isOwned && live.name === next.name;
  if (live.isOwned && !keepsHolding && !(live.isRetained && (!next.isOwned || next.isRetained))) {
    throw new UserError(
      `this update would delete the table ${live.name} with all its beats, because the stack ${stack} holds it and does not retain it: deploy once with --param="keepTable=true" and nothing else changed, then repeat this`,
    );
  }
  if (!live.isOwned && next.isOwned && live.name === next.name) {
    throw new UserError(
      `this update would fail: the stack ${stack} uses the table ${live.name} without holding it, and can't make a table of that name: deploy with --param="existingTable=${live.name}"`,
    );
  }
};

/** The stack that may hold the table which a template uses without holding it: a stage names its table after itself. */
export const otherHolder = (template: Template): string | undefined => {
  const { name, isOwned } = toTableUse(template);
  return isOwned || name === undefined ? undefined : /^(.+)-beats$/.exec(name)?.[1];
};

/**
 * Refuses a template that uses the table of another stack which deletes the table when that stack is removed.
 * @throws StartError saying how to keep the table
 */
export const checkHolder = (stack: string, holderTemplate: Template, nextTemplate: Template): void => {
  const holder = toTableUse(holderTemplate);
  if (!holder.isOwned || holder.isRetained || holder.name !== toTableUse(nextTemplate).name) return;
  throw new UserError(
    `existingTable=${holder.name} belongs to the stack ${stack}, which deletes it when that stack is removed: deploy that stack once with --param="keepTable=true", then repeat this`,
  );
};
