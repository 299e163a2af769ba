import { CloudFormationClient, CloudFormationServiceException } from "@aws-sdk/client-cloudformation";
import { SQSClient, SQSServiceException } from "@aws-sdk/client-sqs";
import { afterEach, expect, test, vi } from "vitest";
import { countMessages, readDeployed, readOutputs } from "../../../../tools/cli/deployed.ts";
import { UserError } from "../../../../tools/user-error.ts";

const DEV = { stack: "heartbeat-dev", region: "us-east-1" };

const named = (name: string, message: string) => Object.assign(new Error(message), { name });

/** An error in a reply of AWS. */
const fault = { $fault: "client", $metadata: { httpStatusCode: 400 } } as const;

afterEach(() => {
  vi.restoreAllMocks();
});

test("readDeployed reads the names of the alarms from serverless.yml", async () => {
  const { stack, alarms } = await readDeployed({ stage: "dev-2" });

  expect(alarms).toContain(`${stack}-dead-letters`);
  for (const name of alarms) expect(name).toMatch(new RegExp(`^${stack}-[a-z-]+$`));
});

test("readDeployed says why the framework rejects an option", async () => {
  await expect(readDeployed({ stage: "BAD_" })).rejects.toThrow(
    new UserError(
      "cannot read the deployed names: Invalid stage name. Stage names may contain only ASCII letters, numbers, and hyphens.",
    ),
  );
});

test.each([
  [
    "credentials, without any",
    named("CredentialsProviderError", "Could not load credentials from any providers"),
    "cannot read the stack heartbeat-dev in us-east-1: Could not load credentials from any providers: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, to valid credentials",
  ],
  [
    "credentials, with expired ones",
    new CloudFormationServiceException({ ...fault, name: "ExpiredToken", message: "The token is expired." }),
    "cannot read the stack heartbeat-dev in us-east-1: The token is expired: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, to valid credentials",
  ],
  [
    "a deployment, for a stack that does not exist",
    new CloudFormationServiceException({
      ...fault,
      ...{ name: "ValidationError", message: "Stack with id heartbeat-dev does not exist" },
    }),
    "cannot read the stack heartbeat-dev in us-east-1: Stack with id heartbeat-dev does not exist: deploy the stage, or correct --stage or --region",
  ],
  [
    "another endpoint, when its URL is invalid",
    Object.assign(new TypeError("Invalid URL"), { code: "ERR_INVALID_URL", input: "nonsense" }),
    'cannot read the stack heartbeat-dev in us-east-1: invalid URL "nonsense": correct or unset AWS_ENDPOINT_URL and the variables that begin with it',
  ],
  [
    "nothing more, when AWS denies access",
    new CloudFormationServiceException({ ...fault, name: "AccessDenied", message: "ann is not authorized" }),
    "cannot read the stack heartbeat-dev in us-east-1: ann is not authorized",
  ],
])("readOutputs asks for %s", async (_, error, message) => {
  vi.spyOn(CloudFormationClient.prototype, "send").mockImplementation(() => Promise.reject(error));

  await expect(readOutputs(DEV)).rejects.toThrow(new UserError(message));
});

test("readOutputs throws a bug as it is, so that its stack is printed", async () => {
  const bug = new TypeError("undefined is not a function");
  vi.spyOn(CloudFormationClient.prototype, "send").mockImplementation(() => Promise.reject(bug));

  await expect(readOutputs(DEV)).rejects.toBe(bug);
});

test("countMessages counts hidden messages too", async () => {
  vi.spyOn(SQSClient.prototype, "send").mockImplementation(async () => ({
    Attributes: { ApproximateNumberOfMessages: "2", ApproximateNumberOfMessagesNotVisible: "1" },
  }));

  expect(await countMessages(new SQSClient({ region: "us-east-1" }), "https://example.org/queue")).toBe(3);
});

test("countMessages says in one sentence why the queue cannot be read", async () => {
  const error = new SQSServiceException({ ...fault, name: "AccessDenied", message: "ann is not authorized" });
  vi.spyOn(SQSClient.prototype, "send").mockImplementation(() => Promise.reject(error));

  await expect(
    countMessages(new SQSClient({ region: "us-east-1" }), "https://example.org/queue"),
  ).rejects.toThrow(
    new UserError("cannot count the messages in the dead-letter queue: ann is not authorized"),
  );
});
