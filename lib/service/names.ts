import { formatValue } from "../text/format-value.ts";

/** The names of the deployed service, which come from serverless.yml. */
export interface Names {
  service: string;
  stage: string;
  /** The CloudWatch namespace of the service's metrics. */
  metricsNamespace: string;
}

export const DEFAULT_NAMES: Names = { service: "heartbeat", stage: "dev", metricsNamespace: "Heartbeat" };

/** Whether a service or stage can have this name. CloudFormation names the deployment bucket after them, in lowercase. */
export const isName = (text: string): boolean => /^[a-z][a-z0-9-]*$/.test(text);

/** The rule of CloudWatch, which drops metrics of another namespace without an error. */
const NAMESPACE = /^(?!AWS\/)[\w.\-/#: ]{1,255}$/;

/**
 * Reads the names from `SERVICE`, `STAGE` and `METRICS_NAMESPACE`. An unset or empty variable has its value of the
 * unchanged serverless.yml.
 * @throws Error that names the variable and its value
 */
export const loadNames = (env: NodeJS.ProcessEnv = process.env): Names => ({
  service: toName("SERVICE", env["SERVICE"] || DEFAULT_NAMES.service),
  stage: toName("STAGE", env["STAGE"] || DEFAULT_NAMES.stage),
  metricsNamespace: toNamespace(env["METRICS_NAMESPACE"] || DEFAULT_NAMES.metricsNamespace),
});

const toName = (variable: string, value: string): string => {
  if (isName(value)) return value;
  throw new Error(
    `${variable} must be lowercase letters, digits and hyphens, starting with a letter, not ${formatValue(value)}`,
  );
};

const toNamespace = (value: string): string => {
  if (NAMESPACE.test(value)) return value;
  throw new Error(
    `METRICS_NAMESPACE must be at most 255 letters, digits, spaces and . - _ / # :, not starting with AWS/, not ${formatValue(value)}`,
  );
};
