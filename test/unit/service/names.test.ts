import { expect, test } from "vitest";
import { loadNames } from "../../../lib/service/names.ts";

test("loadNames reads the names of the service from the environment", () => {
  const env = { SERVICE: "nightly-report", STAGE: "pr-12", METRICS_NAMESPACE: "Team/Nightly report" };

  expect(loadNames(env)).toEqual({
    service: "nightly-report",
    stage: "pr-12",
    metricsNamespace: "Team/Nightly report",
  });
});

test.each([{}, { SERVICE: "", STAGE: "", METRICS_NAMESPACE: "" }])(
  "loadNames has a default without %j",
  (env) => {
    expect(loadNames(env)).toEqual({ service: "heartbeat", stage: "dev", metricsNamespace: "Heartbeat" });
  },
);

test.each([
  [
    { SERVICE: "My_Report" },
    'SERVICE must be lowercase letters, digits and hyphens, starting with a letter, not "My_Report"',
  ],
  [
    { STAGE: "1st" },
    'STAGE must be lowercase letters, digits and hyphens, starting with a letter, not "1st"',
  ],
  [
    { METRICS_NAMESPACE: "AWS/Lambda" },
    'METRICS_NAMESPACE must be at most 255 letters, digits, spaces and . - _ / # :, not starting with AWS/, not "AWS/Lambda"',
  ],
  [{ METRICS_NAMESPACE: "a".repeat(256) }, "METRICS_NAMESPACE must be at most 255 letters"],
  [{ METRICS_NAMESPACE: "a\nb" }, "METRICS_NAMESPACE must be"],
])("loadNames rejects %j and names the variable", (env, message) => {
  expect(() => loadNames(env)).toThrow(message);
});
