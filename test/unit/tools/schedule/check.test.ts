import { expect, test } from "vitest";
import { checkEnabled, checkSchedule, type EventDefinition } from "../../../../tools/schedule/check.ts";
import { UserError } from "../../../../tools/user-error.ts";

const EVERY_5 = "cron(0/5 * * * ? *)";
// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of serverless.yml
const WRITE = "write rate: ${self:custom.interval.expression}";

test.each<[string, EventDefinition[]]>([
  ["a string", [{ schedule: EVERY_5 }]],
  ["rate", [{ schedule: { rate: EVERY_5 } }]],
  ["a list in rate", [{ schedule: { rate: [EVERY_5], enabled: false, name: "n", description: "d" } }]],
  ["no schedule", []],
])("accepts the expression of the interval, given as %s", (_, events) => {
  expect(() => checkSchedule([{ eventBridge: "other" }, ...events], EVERY_5)).not.toThrow();
});

test.each([
  ["rate(1 minute)", 1],
  ["rate(5 minutes)", 5],
  ["rate(1 hour)", 60],
  ["cron(* * * * ? *)", 1],
  ["cron(0/15 * * * ? *)", 15],
  ["cron(*/30 * * * ? *)", 30],
  ["cron(0 * * * ? *)", 60],
])("rejects %s and names the parameter every=%i", (rate, every) => {
  expect(() => checkSchedule([{ schedule: { rate } }], "cron(0/2 * * * ? *)")).toThrow(
    new UserError(
      `invalid schedule ${rate} of heartbeat in serverless.yml: ${WRITE}, and set the interval with --param="every=${every}" or params.<stage>.every`,
    ),
  );
});

test.each([
  "rate(7 minutes)",
  "rate(90 minutes)",
  "rate(2 hours)",
  "rate(1 day)",
  "cron(0/7 * * * ? *)",
  "cron(0/60 * * * ? *)x",
  "cron(1/5 * * * ? *)",
  "cron(0 3 * * ? *)",
  "cron(0/5 9-17 * * ? *)",
  "cron(0/5 * ? * MON-FRI *)",
  "cron(0/5 * * * *)",
])("rejects %s, which no interval matches, and names the accepted intervals", (rate) => {
  expect(() => checkSchedule([{ schedule: { rate: [rate] } }], EVERY_5)).toThrow(
    new UserError(
      `invalid schedule ${rate} of heartbeat in serverless.yml: ${WRITE}, and set the interval with --param="every=<minutes>", a divisor of 60 (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60)`,
    ),
  );
});

test.each<[string, EventDefinition[]]>([
  ["in one list", [{ schedule: { rate: [EVERY_5, "rate(1 hour)"] } }]],
  ["of two events", [{ schedule: EVERY_5 }, { schedule: { rate: "rate(1 hour)" } }]],
  ["of EventBridge", [{ schedule: EVERY_5 }, { eventBridge: { schedule: "rate(1 hour)" } }]],
])("rejects two schedules %s", (_, events) => {
  expect(() => checkSchedule(events, EVERY_5)).toThrow(
    new UserError(
      `heartbeat has 2 schedules in serverless.yml (${EVERY_5}, rate(1 hour)): ${WRITE} in a single one`,
    ),
  );
});

test.each(["input", "inputPath", "inputTransformer", "method", "timezone"])(
  "rejects %s, which would change the event or its time",
  (key) => {
    expect(() => checkSchedule([{ schedule: { rate: EVERY_5, [key]: "x" } }], EVERY_5)).toThrow(
      `unsupported key ${key} in the schedule of heartbeat in serverless.yml: remove it`,
    );
  },
);

test.each([true, false, "true", "FALSE", "1", "0", " true "])(
  "accepts schedule=%s, as serverless.yml does",
  (schedule) => {
    expect(() => checkEnabled(schedule)).not.toThrow();
  },
);

test.each(["", "maybe", "on", "truest", null, {}])(
  "rejects schedule=%s with the values to use",
  (schedule) => {
    expect(() => checkEnabled(schedule)).toThrow(
      new UserError(`invalid param schedule=${schedule}: use true or false`),
    );
  },
);
