import { CREDENTIAL_ERRORS } from "../../lib/dynamodb/table/faults.ts";
import { UserError } from "../user-error.ts";

/** Returns a UserError that says what to do if a request of AWS failed, and any other error as it is. */
export const explainAwsError = (what: string, error: unknown): unknown => {
  if (!(error instanceof Error && (CREDENTIAL_ERRORS.includes(error.name) || "$metadata" in error)))
    return error;
  const message = `${what}: ${(error.message || error.name).replace(/\.$/, "")}`;
  const advice = adviceFor(error);
  return new UserError(advice === undefined ? message : `${message}: ${advice}`);
};

const adviceFor = ({ name, message }: Error): string | undefined => {
  if (CREDENTIAL_ERRORS.includes(name)) {
    return "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, to valid credentials";
  }
  // CloudFormation has no error name of its own for a stack that does not exist.
  return name === "ValidationError" && message.endsWith("does not exist")
    ? "deploy the stage, or correct --stage or --region"
    : undefined;
};
