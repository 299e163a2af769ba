import { devNull } from "node:os";

/**
 * Replaces the AWS credentials, profiles and settings of the machine in this process and its children, so that they
 * cannot reach an account. `region` is the region of the service: DynamoDB Local keeps separate tables for each region
 * and access key.
 */
export const useMadeUpCredentials = (region: string): void => {
  for (const name of ["AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"]) delete process.env[name];
  process.env["AWS_ACCESS_KEY_ID"] = "local";
  process.env["AWS_SECRET_ACCESS_KEY"] = "local";
  process.env["AWS_REGION"] = region;
  process.env["AWS_CONFIG_FILE"] = devNull;
  process.env["AWS_SHARED_CREDENTIALS_FILE"] = devNull;
  process.env["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "false";
  process.env["AWS_USE_FIPS_ENDPOINT"] = "false";
  process.env["AWS_USE_DUALSTACK_ENDPOINT"] = "false";
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
};
