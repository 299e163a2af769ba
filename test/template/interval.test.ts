import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { readTemplate, type Template } from "../support/aws/template.ts";
import { createCheckout } from "../support/processes/checkout.ts";
import { HAND_WRITTEN, writeExpression } from "../support/processes/hand-written-schedule.ts";
import { run } from "../support/processes/program.ts";

const PACKAGE = ["npx", "sls", "package"];

/** The values that differ between two JSON documents, by their path. */
const differences = (one: unknown, other: unknown, path = ""): Record<string, [unknown, unknown]> => {
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) {
    return one === other ? {} : { [path]: [one, other] };
  }
  const [entries, others] = [new Map(Object.entries(one)), new Map(Object.entries(other))];
  return Object.assign(
    {},
    ...[...new Set([...entries.keys(), ...others.keys()])].map((key) =>
      differences(entries.get(key), others.get(key), path === "" ? key : `${path}.${key}`),
    ),
  );
};

/** The template without what each package names anew, and with the body of the dashboard as an object. */
const comparable = ({ Resources }: Template) => {
  const { Dashboard, ...others } = Resources;
  const dashboard = JSON.parse(Dashboard?.Properties.DashboardBody["Fn::Sub"]);
  return {
    ...JSON.parse(JSON.stringify(others).replaceAll(/"S3Key":"[^"]+"/g, '"S3Key":""')),
    periods: Object.fromEntries(
      dashboard.widgets.map(({ properties: { title, period } }: { properties: Record<string, unknown> }) => [
        title,
        period,
      ]),
    ),
  };
};

describe("the template", () => {
  const folder = createCheckout();
  let every5: Template;
  beforeAll(async () => {
    const { code, output } = await run([...PACKAGE, "--param", "every=5"], { folder });
    if (code !== 0) throw new Error(output);
    every5 = readTemplate({ folder: join(folder, ".serverless") });
  });

  test("differs between every=1 and every=5 in schedule, environment, alarm and dashboard only", () => {
    const every1 = readTemplate(inject("packages").dev);
    const environment = Object.fromEntries(
      ["Heartbeat", "Pulse", "Settings"].flatMap((name) => {
        const path = `${name}LambdaFunction.Properties.Environment.Variables`;
        return [
          [`${path}.EVERY`, ["1", "5"]],
          [`${path}.LATE_AFTER`, ["150", "630"]],
          [`${path}.DOWN_AFTER`, ["270", "1230"]],
        ];
      }),
    );
    const description = (every: number) =>
      `3 of 4 consecutive runs of the schedule (every ${every} min) counted no beat, and no pause covers them. Runs whose metrics can still arrive are not evaluated.`;

    expect(differences(comparable(every1), comparable(every5))).toEqual({
      ...environment,
      "HeartbeatEventsRuleSchedule1.Properties.ScheduleExpression": [
        "cron(* * * * ? *)",
        "cron(0/5 * * * ? *)",
      ],
      "PulseStoppedAlarm.Properties.AlarmDescription": [description(1), description(5)],
      "PulseStoppedAlarm.Properties.Metrics.1.MetricStat.Period": [60, 300],
      "PulseStoppedAlarm.Properties.Metrics.2.MetricStat.Period": [60, 300],
      "PulseStoppedAlarm.Properties.EvaluationPeriods": [6, 5],
      "periods.Beats of each run": [60, 300],
      "periods.Lateness of beats (ms)": [60, 300],
    });
  });

  test("of a stage follows params.<stage>.every, and a threshold that the stage sets", async () => {
    const checkout = createCheckout();
    const file = join(checkout, "serverless.yml");
    const before = readFileSync(file, "utf8");
    const after = before.replace(/^ {2}prod:\n/m, '$&    every: 15\n    downAfter: "9000"\n');
    writeFileSync(file, after);

    const { code } = await run([...PACKAGE, "--stage", "prod"], { folder: checkout });

    const { Resources } = readTemplate({ folder: join(checkout, ".serverless") });
    expect(code).toBe(0);
    expect(Resources["HeartbeatEventsRuleSchedule1"]?.Properties.ScheduleExpression).toBe(
      "cron(0/15 * * * ? *)",
    );
    expect(Resources["PulseLambdaFunction"]?.Properties.Environment.Variables).toMatchObject({
      EVERY: "15",
      LATE_AFTER: "1830",
      DOWN_AFTER: "9000",
    });
  });
});

describe("sls package rejects in one line", () => {
  const reject = async (folder: string, options: string[], says: string[]) => {
    const { code, lines } = await run([...PACKAGE, ...options], { folder });

    const printed = lines.filter((line) => !line.startsWith("Packaging "));
    expect(code).toBe(1);
    expect(printed).toHaveLength(1);
    for (const words of says) expect(printed[0]).toContain(words);
  };

  test.each(["0", "7", "90", "5 minutes", ""])("every=%s", async (every) => {
    await reject(
      createCheckout(),
      ["--param", `every=${every}`],
      [`invalid param every=${every}: `, "1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30", "60"],
    );
  });

  test.each(HAND_WRITTEN)("a schedule written by hand: %j", async (lines, says) => {
    const folder = createCheckout();
    writeExpression(folder, ...lines);

    await reject(folder, [], says);
  });
});
