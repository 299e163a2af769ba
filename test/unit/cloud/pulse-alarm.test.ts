import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { beatMetricsLine } from "../../../lib/beat/metrics-line.ts";
import type { Outcome } from "../../../lib/domain/beat-store.ts";
import { fromIndex, toIndex } from "../../../lib/domain/minute.ts";
import { type Datum, isInAlarm, readAlarmRule } from "../../support/aws/cloudwatch.ts";

const RULE = readAlarmRule("cloud/pulse-alarm.yml");
const START = toIndex("2026-11-23T22:00Z");
const LENGTH = 40;
/** The first minutes only fill the alarm's window. */
const FIRST = 15;

/** In seconds: when the rule runs within its minute, and the delays of its event and of the metric. */
interface Timing {
  second: number;
  delivery: number;
  metric: number;
}
const QUICK: Timing = { second: 0, delivery: 1, metric: 10 };
const AT_59: Timing = { ...QUICK, second: 59 };
const SLOW_METRICS: Timing = { ...QUICK, metric: 120 };
const SLOWEST: Timing = { second: 59, delivery: 1, metric: 120 };

/** The metric that the function writes for a minute, by the minute's number from the start. */
const beat = (
  minute: number,
  { second, delivery, metric }: Timing,
  outcome: Outcome = "counted",
): Datum[] => {
  const recordedAt = (START + minute) * 60 + second + delivery;
  const line = beatMetricsLine("f", outcome, {
    minute: fromIndex(START + minute),
    recordedAt: recordedAt * 1_000,
  });
  const { _aws, BeatsCounted, BeatsPaused } = JSON.parse(line);
  const point = { at: _aws.Timestamp / 1_000, visible: recordedAt + metric };
  return [
    { ...point, metric: "BeatsCounted", value: BeatsCounted },
    { ...point, metric: "BeatsPaused", value: BeatsPaused },
  ];
};

const beats = (timing: Timing, without: (minute: number) => boolean = () => false): Datum[] =>
  Array.from({ length: LENGTH }, (_, minute) => minute)
    .filter((minute) => !without(minute))
    .flatMap((minute) => beat(minute, timing));

const isOneOf =
  (...minutes: number[]) =>
  (minute: number) =>
    minutes.includes(minute);

/** When the alarm starts, in seconds from the start of minute 20; CloudWatch evaluates it at `second` of each minute. */
const firesAt = (data: readonly Datum[], second: number, additional: number): number[] => {
  const starts: number[] = [];
  let before = false;
  for (let minute = FIRST; minute < LENGTH; minute++) {
    const inAlarm = isInAlarm(RULE, data, (START + minute) * 60 + second, additional);
    if (inAlarm && !before) starts.push((minute - 20) * 60 + second);
    before = inAlarm;
  }
  return starts;
};

const SECONDS = [0, 1, 30, 59];
const TIMINGS = [QUICK, AT_59, SLOW_METRICS, SLOWEST];
const ofEachTiming = (without: (minute: number) => boolean) =>
  TIMINGS.map((timing) => beats(timing, without));

/** Old minutes that an operator redrives, one every 10 s, from the start of minute 20. */
const REDRIVE = Array.from({ length: 60 }, (_, n) =>
  beat(n - 600, { ...QUICK, delivery: (20 + 600 - n) * 60 + n * 10 }),
).flat();

/** Sequences of arrival, with their names in docs/operate.md. The first missed minute is minute 20. */
const CASES: Record<string, { fires: boolean; data: Datum[][] }> = {
  "every minute has a beat": { fires: false, data: [beats(QUICK)] },
  "every minute has a beat, the rule runs at second 59": { fires: false, data: [beats(AT_59)] },
  "every minute has a beat, each event is delivered a minute late": {
    fires: false,
    data: [beats({ ...QUICK, delivery: 60 })],
  },
  "every minute has a beat, CloudWatch shows each metric 1 to 2 minutes late": {
    fires: false,
    data: [60, 90, 120].flatMap((metric) => [0, 59].map((second) => beats({ ...QUICK, second, metric }))),
  },
  "one or two minutes missed, even with these delays": {
    fires: false,
    data: [isOneOf(20), isOneOf(20, 21), isOneOf(20, 22)].flatMap(ofEachTiming),
  },
  "three of four consecutive minutes missed, even with these delays": {
    fires: true,
    data: [isOneOf(20, 21, 22), isOneOf(20, 21, 23), isOneOf(20, 22, 23)].flatMap(ofEachTiming),
  },
  "three of five minutes missed, but only two of any four consecutive ones": {
    fires: false,
    data: [isOneOf(20, 22, 24), isOneOf(20, 21, 24)].flatMap(ofEachTiming),
  },
  "three minutes fail, and a retry counts each within 3 minutes of its start": {
    fires: false,
    data: [
      [
        ...beats(QUICK, isOneOf(20, 21, 22)),
        ...[20, 21, 22].flatMap((m) => beat(m, { ...QUICK, delivery: 169 })),
      ],
    ],
  },
  "old minutes are redriven while the schedule runs": { fires: false, data: [[...beats(QUICK), ...REDRIVE]] },
  "old minutes are redriven while the schedule is stopped": {
    fires: true,
    data: [[...beats(QUICK, (minute) => minute >= 20), ...REDRIVE]],
  },
  "a pause of any length": {
    fires: false,
    data: TIMINGS.map((timing) => [
      ...beats(timing, (minute) => minute >= 20 && minute < 32),
      ...Array.from({ length: 12 }, (_, n) => beat(20 + n, timing, "covered")).flat(),
    ]),
  },
  "the schedule stops permanently": { fires: true, data: ofEachTiming((minute) => minute >= 20) },
  "each event is delivered 6 minutes late from now on": {
    fires: true,
    data: [
      [
        ...beats(QUICK, (minute) => minute >= 20),
        ...beats({ ...QUICK, delivery: 360 }, (minute) => minute < 20),
      ],
    ],
  },
};

describe("pulse-stopped", () => {
  test.each(Object.entries(CASES))("%s", (_, { fires, data }) => {
    const all = data.flatMap((one) =>
      SECONDS.flatMap((second) => [0, 4, 30].map((additional) => firesAt(one, second, additional))),
    );

    for (const starts of all) expect(starts.map((start) => start < 420)).toEqual(fires ? [true] : []);
  });

  test.each(TIMINGS)("fires within 5 minutes after the first of three missed minutes ends (%j)", (timing) => {
    const data = beats(timing, (minute) => minute >= 20);

    expect(SECONDS.map((second) => firesAt(data, second, 4))).toEqual([[300], [301], [330], [359]]);
  });

  test("would fire after two missed minutes if it evaluated the newest minutes as well", () => {
    const expression = "FILL(counted, 0) + FILL(paused, 0)";
    const data = beats(AT_59, isOneOf(20, 21));

    expect(isInAlarm({ ...RULE, expression, evaluationPeriods: 4 }, data, (START + 23) * 60)).toBe(true);
  });

  test("fires for a stage whose schedule never runs", () => {
    expect(isInAlarm(RULE, [], START * 60)).toBe(true);
  });

  test("docs/operate.md lists these sequences and whether the alarm fires", () => {
    const [, table = ""] = readFileSync("docs/operate.md", "utf8").split("# When the alarm fires");

    const rows = [...table.matchAll(/^\| (.+?) +\| (yes|no) +\|$/gm)].map(([, name, fires]) => [name, fires]);

    expect(rows).toEqual(Object.entries(CASES).map(([name, { fires }]) => [name, fires ? "yes" : "no"]));
  });
});
