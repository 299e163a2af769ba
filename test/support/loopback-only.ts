import { isLoopback } from "../../lib/beat/loopback.ts";

/**
 * Keeps every test away from AWS accounts. It removes the credentials of this machine from the environment and points
 * every AWS client without an endpoint of its own to a closed port of this machine.
 */
for (const name of ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB"]) {
  const url = process.env[name];
  if (url !== undefined && !isLoopback(url)) {
    throw new Error(`${name}=${url} is not on this machine: unset it, or set it to a loopback URL`);
  }
}
for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
process.env["AWS_ENDPOINT_URL"] = "http://127.0.0.1:9";
process.env["AWS_ACCESS_KEY_ID"] = "test";
process.env["AWS_SECRET_ACCESS_KEY"] = "test";
process.env["AWS_REGION"] = "us-east-1";
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
for (const name of ["PORT", "LAMBDA_PORT", "DYNAMODB", "DYNAMODB_DATA", "BEATS_TABLE"])
  delete process.env[name];
