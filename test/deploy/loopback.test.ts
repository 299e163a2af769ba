import { afterEach, expect, it, vi } from "vitest";
import { clientEnvironment } from "../support/aws/emulated-aws.ts";
import { createCheckout, createFolder } from "../support/processes/checkout.ts";
import { run } from "../support/processes/program.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

it.each([
  "https://dynamodb.us-east-1.amazonaws.com",
  "http://192.168.0.7:4566",
  "http://localhost.example.com:4566",
  "http://127.0.0.1.example.com:4566",
])("refuses to deploy to %s", (url) => {
  expect(() => clientEnvironment(url)).toThrow(
    `${url} is not on this machine: tests deploy only to a loopback URL`,
  );
});

it("a deployment uses the emulator's credentials, not those of this machine", async () => {
  vi.stubEnv("AWS_PROFILE", "mine");
  vi.stubEnv("AWS_SESSION_TOKEN", "mine");
  vi.stubEnv("AWS_ENDPOINT_URL_DYNAMODB", "https://dynamodb.us-east-1.amazonaws.com");

  const { lines } = await run(["env"], {
    folder: createFolder(),
    env: clientEnvironment("http://127.0.0.1:4566"),
  });

  expect(lines.filter((line) => line.startsWith("AWS_")).sort()).toEqual([
    "AWS_ACCESS_KEY_ID=000000000000",
    "AWS_CONFIG_FILE=/dev/null",
    "AWS_ENDPOINT_URL=http://127.0.0.1:4566",
    "AWS_REGION=us-east-1",
    "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true",
    "AWS_SECRET_ACCESS_KEY=test",
    "AWS_SHARED_CREDENTIALS_FILE=/dev/null",
  ]);
});

it("sls deploy without credentials prints where credentials are documented", {
  timeout: 60_000,
}, async () => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...env } = clientEnvironment("http://127.0.0.1:9");

  const { code, output } = await run(["node_modules/.bin/sls", "deploy"], {
    folder: createCheckout(),
    // Otherwise the SDK requests credentials from the EC2 metadata service.
    env: { ...env, AWS_EC2_METADATA_DISABLED: "true" },
  });

  expect(code).toBe(1);
  expect(output).toContain("AWS provider credentials not found.");
});
