import { expect, test } from "vitest";
import { nextRun, toWords } from "../../../../tools/schedule/runs.ts";

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
