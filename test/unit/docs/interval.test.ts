import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { intervalValues } from "../../../tools/schedule/interval.ts";
import { isInAlarm, readAlarmRule } from "../../support/aws/cloudwatch.ts";

const page = readFileSync("docs/deploy.md", "utf8");
const START = Date.parse("2026-11-23T22:00:00Z") / 1_000;

/** Minutes from the start of the first missed slot until the alarm is evaluated and fires, if all later ones are missed. */
const alarmAfter = (every: number): number => {
  const rule = readAlarmRule("cloud/pulse-alarm.yml", every);
  const counted = Array.from({ length: 20 }, (_, n) => START - (n + 1) * every * 60).flatMap((at) => [
    { metric: "BeatsCounted", at, visible: at, value: 1 },
    { metric: "BeatsPaused", at, visible: at, value: 0 },
  ]);
  const minutes = Array.from({ length: 10 * every }, (_, minute) => minute);
  return minutes.find((minute) => isInAlarm(rule, counted, START + minute * 60)) ?? Number.NaN;
};

describe("the table of intervals in docs/deploy.md", () => {
  const [, table = ""] = page.split(/<!-- \/?intervals -->/);
  const rows = table
    .split("\n")
    .filter((line) => /^\| \d/.test(line))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

  test("has the values of the code and the alarm for 1, 5, 15 and 60 minutes", () => {
    const computed = [1, 5, 15, 60].map((every) => {
      const { expression, lateAfter, downAfter } = intervalValues(every);
      const delay = (threshold: number) => `${(threshold - every * 60) / 60} min`;
      const fires = alarmAfter(every);
      return [
        String(every),
        `\`${expression}\``,
        `${lateAfter.toLocaleString("en-US")} s`,
        `${downAfter.toLocaleString("en-US")} s`,
        delay(lateAfter),
        delay(downAfter),
        `${fires} to ${fires + 1} min`,
      ];
    });

    expect(rows).toEqual(computed);
  });
});

test("docs/costs.md states the cost of the beats at each interval", () => {
  const costs = readFileSync("docs/costs.md", "utf8").replaceAll(/\s+/g, " ");
  const beats = (every: number) => 43_800 / every;
  /** Writes, duration, requests and logs of a beat, at the prices of the page. */
  const each = (6 * 0.625 + 0.2) / 1e6 + 0.1 * 0.25 * 0.0000133 + (2 / 1e6) * 0.5;
  const dollars = (every: number, digits: number) => (beats(every) * each).toFixed(digits);

  expect(costs).toContain(
    `8,760 a month with \`every=5\`, which cost ${dollars(5, 2)} $ instead of ${dollars(1, 2)} $`,
  );
  expect(costs).toContain(`2,920 with \`every=15\` (${dollars(15, 2)} $)`);
  expect(costs).toContain(`730 with \`every=60\` (${dollars(60, 3)} $)`);
  expect([5, 15, 60].map(beats)).toEqual([8_760, 2_920, 730]);
});
