import { CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { afterEach, describe, expect, test, vi } from "vitest";
import { CHECKS, type Stage } from "../../../../tools/cli/smoke/checks.ts";

const STAGE: Stage = {
  stack: "heartbeat-dev",
  region: "us-east-1",
  functions: {},
  interval: 1,
  metricsNamespace: "Heartbeat",
  alarms: ["heartbeat-dev-pulse-stopped", "heartbeat-dev-dead-letters"],
  url: "https://example.org",
  queue: "https://example.org/queue",
  start: 0,
};

/** Replaces CloudWatch by an account with these alarms. It is past the time limit of the check after the first attempt. */
const useAccount = (states: Record<string, MetricAlarm["StateValue"]>) => {
  const describeAlarms = async (command: unknown) => {
    if (!(command instanceof DescribeAlarmsCommand)) throw new Error("not a request of the alarms");
    const { AlarmNames, AlarmNamePrefix = "" } = command.input;
    return {
      MetricAlarms: Object.entries(states)
        .filter(([name]) => AlarmNames?.includes(name) ?? name.startsWith(AlarmNamePrefix))
        .map(([AlarmName, StateValue]) => ({ AlarmName, StateValue })),
    };
  };
  vi.spyOn(CloudWatchClient.prototype, "send").mockImplementation(describeAlarms);
  let now = 0;
  vi.spyOn(Date, "now").mockImplementation(() => {
    now += 3_600_000;
    return now;
  });
};

const checkAlarms = async () => CHECKS["alarms"]?.(STAGE);

afterEach(() => {
  vi.restoreAllMocks();
});

describe("the check of the alarms", () => {
  test("ignores the alarms of a stage whose name begins with that of this stage", async () => {
    useAccount({
      "heartbeat-dev-pulse-stopped": "OK",
      "heartbeat-dev-dead-letters": "OK",
      "heartbeat-dev-2-pulse-stopped": "ALARM",
    });

    expect(await checkAlarms()).toBe("2 alarms are OK");
  });

  test("fails when an alarm is not OK, with its name and state", async () => {
    useAccount({ "heartbeat-dev-pulse-stopped": "ALARM", "heartbeat-dev-dead-letters": "OK" });

    await expect(checkAlarms()).rejects.toThrow("heartbeat-dev-pulse-stopped is ALARM");
  });

  test("fails when an alarm of serverless.yml does not exist, with its name", async () => {
    useAccount({ "heartbeat-dev-pulse-stopped": "OK", "heartbeat-dev-2-dead-letters": "OK" });

    await expect(checkAlarms()).rejects.toThrow("heartbeat-dev-dead-letters does not exist");
  });
});
