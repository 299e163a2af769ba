import { CREDENTIAL_ERRORS } from "../../lib/dynamodb/table/faults.ts";
import { formatValue } from "../../lib/text/format-value.ts";
import { UserError } from "../user-error.ts";

/** Returns a UserError that says what to do if a request of AWS failed, and any other error as it is. */
export const explainAwsError = (what: string, error: unknown): unknown => {
  if (isInvalidUrl(error)) {
    return new UserError(
      `${what}: invalid URL ${formatValue(error.input)}: correct or unset AWS_ENDPOINT_URL and the variables that begin with it`,
    );
  }
  if (!(error instanceof Error && (CREDENTIAL_ERRORS.includes(error.name) || "$metadata" in error)))
    return error;
  const message = `${what}: ${(error.message || error.name).replace(/\.$/, "")}`;
  const advice = adviceFor(error);
  return new UserError(advice === undefined ? message : `${message}: ${advice}`);
};

/** The SDK takes the URLs of endpoints from the environment. */
const isInvalidUrl = (error: unknown): error is { input: unknown } =>
  error instanceof TypeError && "code" in error && error.code === "ERR_INVALID_URL" && "input" in error;

const adviceFor = ({ name, message }: Error): string | undefined => {
  if (CREDENTIAL_ERRORS.includes(name)) {
    return "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, to valid credentials";
  }
  // CloudFormation has no error name of its own for a stack that does not exist.
  return name === "ValidationError" && message.endsWith("does not exist")
    ? "deploy the stage, or correct --stage or --region"
    : undefined;
};
