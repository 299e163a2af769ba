import { expect, test } from "vitest";
import type { EventDefinition } from "../../../../tools/schedule/check.ts";
import { isScheduled, nextRun, toWords } from "../../../../tools/schedule/runs.ts";

/** How serverless-offline reads a schedule. It has no type declarations. */
const OFFLINE_DEFINITION = new URL(
  "../../../../node_modules/serverless-offline/src/events/schedule/ScheduleEventDefinition.js",
  import.meta.url,
).href;

test.each([
  [1, "22:01"],
  [2, "22:02"],
  [5, "22:05"],
  [12, "22:12"],
  [60, "23:00"],
])("the next run after 22:00:00 every %i min is at %s", (every, time) => {
  const next = nextRun(Date.parse("2026-11-23T22:00:00Z"), every);

  expect(new Date(next).toISOString()).toBe(`2026-11-23T${time}:00.000Z`);
});

test.each([
  [1, "every minute"],
  [5, "every 5 minutes"],
  [60, "every 60 minutes"],
])("an interval of %i min is written %s", (every, words) => {
  expect(toWords(every)).toBe(words);
});

test.each<[string, EventDefinition[], boolean]>([
  ["a string", [{ schedule: "rate(1 minute)" }], true],
  ["without enabled", [{ schedule: { rate: "rate(1 minute)" } }], true],
  ["with enabled: true", [{ schedule: { rate: "rate(1 minute)", enabled: true } }], true],
  ["with enabled: null", [{ schedule: { rate: "rate(1 minute)", enabled: null } }], true],
  ["with enabled: false", [{ schedule: { rate: "rate(1 minute)", enabled: false } }], false],
  [
    "of EventBridge, which serverless-offline ignores",
    [{ eventBridge: { schedule: "rate(1 minute)" } }],
    false,
  ],
  ["that does not exist", [], false],
])("isScheduled is the same as in serverless-offline for a schedule %s", async (_, events, expected) => {
  const { default: Definition } = await import(OFFLINE_DEFINITION);
  const enabled = events.flatMap(({ schedule }) => (schedule ? [new Definition(schedule).enabled] : []));

  expect(isScheduled(events)).toBe(expected);
  expect(enabled.includes(true)).toBe(expected);
});
