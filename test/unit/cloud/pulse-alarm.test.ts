import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { beatMetricsLine } from "../../../lib/beat/metrics-line.ts";
import type { Outcome } from "../../../lib/domain/beat-store.ts";
import { fromIndex, toIndex } from "../../../lib/domain/minute.ts";
import { DEFAULT_NAMES } from "../../../lib/service/names.ts";
import { type Datum, isInAlarm, readAlarmRule } from "../../support/aws/cloudwatch.ts";

const INTERVALS = [1, 2, 5, 15, 60];
const START = toIndex("2026-11-23T22:00Z");
const LENGTH = 36;
/** The first slots only fill the alarm's window. */
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

/** The metrics that the function writes for a slot, by the slot's number from the start. */
const beat = (
  every: number,
  slot: number,
  { second, delivery, metric }: Timing,
  outcome: Outcome = "counted",
): Datum[] => {
  const minute = START + slot * every;
  const recordedAt = minute * 60 + second + delivery;
  const beat = { minute: fromIndex(minute), recordedAt: recordedAt * 1_000 };
  const line = beatMetricsLine("f", outcome, beat, DEFAULT_NAMES);
  const { _aws, BeatsCounted, BeatsPaused } = JSON.parse(line);
  const point = { at: _aws.Timestamp / 1_000, visible: recordedAt + metric };
  return [
    { ...point, metric: "BeatsCounted", value: BeatsCounted },
    { ...point, metric: "BeatsPaused", value: BeatsPaused },
  ];
};

const beats = (every: number, timing: Timing, without: (slot: number) => boolean = () => false): Datum[] =>
  Array.from({ length: LENGTH }, (_, slot) => slot)
    .filter((slot) => !without(slot))
    .flatMap((slot) => beat(every, slot, timing));

const isOneOf =
  (...slots: number[]) =>
  (slot: number) =>
    slots.includes(slot);

interface Evaluation {
  second: number;
  additional?: number;
  aligned?: boolean;
}

/** When the alarm starts, in seconds from the start of slot 20; CloudWatch evaluates it at `second` of each minute. */
const firesAt = (every: number, data: readonly Datum[], { second, ...window }: Evaluation): number[] => {
  const rule = readAlarmRule("cloud/pulse-alarm.yml", every);
  const starts: number[] = [];
  let before = false;
  for (let minute = FIRST * every; minute < LENGTH * every; minute++) {
    // Beats become visible in the first minutes of a slot; in between, its first and last evaluation decide alike.
    if (minute % every > 5 && minute % every < every - 1) continue;
    const inAlarm = isInAlarm(rule, data, (START + minute) * 60 + second, window);
    if (inAlarm && !before) starts.push((minute - 20 * every) * 60 + second);
    before = inAlarm;
  }
  return starts;
};

const SECONDS = [0, 1, 30, 59];
const TIMINGS = [QUICK, AT_59, SLOW_METRICS, SLOWEST];
const EVALUATIONS: Evaluation[] = [0, 59].flatMap((second) =>
  [0, 30].flatMap((additional) => [false, true].map((aligned) => ({ second, additional, aligned }))),
);

/** Sequences of arrival, with their names in docs/operate.md. The first missed slot is slot 20. */
const casesOf = (every: number): Record<string, { fires: boolean; data: Datum[][] }> => {
  const all = (timing: Timing, without?: (slot: number) => boolean) => beats(every, timing, without);
  const ofEachTiming = (without: (slot: number) => boolean) => TIMINGS.map((timing) => all(timing, without));
  /** Old slots that an operator redrives, one every 10 s, from the start of slot 20. */
  const redrive = Array.from({ length: 60 }, (_, n) =>
    beat(every, n - 600, { ...QUICK, delivery: (20 + 600 - n) * every * 60 + n * 10 }),
  ).flat();
  return {
    "every run has a beat": { fires: false, data: [all(QUICK)] },
    "every run has a beat, at second 59 of its minute": { fires: false, data: [all(AT_59)] },
    "every run has a beat, each event is delivered a minute late": {
      fires: false,
      data: [all({ ...QUICK, delivery: 60 })],
    },
    "every run has a beat, CloudWatch shows each metric 1 to 2 minutes late": {
      fires: false,
      data: [60, 90, 120].flatMap((metric) => [0, 59].map((second) => all({ ...QUICK, second, metric }))),
    },
    "one or two runs missed, even with these delays": {
      fires: false,
      data: [isOneOf(20), isOneOf(20, 21), isOneOf(20, 22)].flatMap(ofEachTiming),
    },
    "three of four consecutive runs missed, even with these delays": {
      fires: true,
      data: [isOneOf(20, 21, 22), isOneOf(20, 21, 23), isOneOf(20, 22, 23)].flatMap(ofEachTiming),
    },
    "three of five runs missed, but only two of any four consecutive ones": {
      fires: false,
      data: [isOneOf(20, 22, 24), isOneOf(20, 21, 24)].flatMap(ofEachTiming),
    },
    "three runs fail, and a retry counts each within 3 minutes of its start": {
      fires: false,
      data: [
        [
          ...all(QUICK, isOneOf(20, 21, 22)),
          ...[20, 21, 22].flatMap((slot) => beat(every, slot, { ...QUICK, delivery: 169 })),
        ],
      ],
    },
    "old runs are redriven while the schedule runs": { fires: false, data: [[...all(QUICK), ...redrive]] },
    "old runs are redriven while the schedule is stopped": {
      fires: true,
      data: [[...all(QUICK, (slot) => slot >= 20), ...redrive]],
    },
    "a pause of any length": {
      fires: false,
      data: TIMINGS.map((timing) => [
        ...all(timing, (slot) => slot >= 20 && slot < 32),
        ...Array.from({ length: 12 }, (_, n) => beat(every, 20 + n, timing, "covered")).flat(),
      ]),
    },
    "the schedule stops permanently": { fires: true, data: ofEachTiming((slot) => slot >= 20) },
    "each event is delivered 6 intervals late from now on": {
      fires: true,
      data: [
        [
          ...all(QUICK, (slot) => slot >= 20),
          ...all({ ...QUICK, delivery: 6 * every * 60 }, (slot) => slot < 20),
        ],
      ],
    },
  };
};

/** The time in seconds from the start of the first missed run, if three in a row are missed, until the alarm fires. */
const delayOf = (every: number): number => 3 * every * 60 + (every === 1 ? 120 : 60);

describe.each(INTERVALS)("pulse-stopped of a schedule that runs every %i min", (every) => {
  test.each(Object.entries(casesOf(every)))("%s", (_, { fires, data }) => {
    for (const one of data) {
      for (const evaluation of EVALUATIONS) {
        const starts = firesAt(every, one, evaluation);

        // The fourth run may be the third missed one, and a window that does not slide ends up to a period later.
        const latest = delayOf(every) + every * 60 * (evaluation.aligned ? 2 : 1) + 60;
        expect(starts.map((start) => start < latest)).toEqual(fires ? [true] : []);
      }
    }
  });

  test.each(TIMINGS)("fires at the documented time after three missed runs (%j)", (timing) => {
    const data = beats(every, timing, (slot) => slot >= 20);

    const starts = SECONDS.map((second) => firesAt(every, data, { second }));

    expect(starts).toEqual(SECONDS.map((second) => [delayOf(every) + second]));
  });

  test("would fire after two missed runs if it evaluated the newest periods as well", () => {
    const rule = readAlarmRule("cloud/pulse-alarm.yml", every);
    const data = beats(every, AT_59, isOneOf(20, 21));
    const all = { ...rule, expression: "FILL(counted, 0) + FILL(paused, 0)", evaluationPeriods: 4 };

    expect(isInAlarm(all, data, (START + 22 * every + 1) * 60)).toBe(true);
  });

  test("fires for a stage whose schedule never runs", () => {
    expect(isInAlarm(readAlarmRule("cloud/pulse-alarm.yml", every), [], START * 60)).toBe(true);
  });

  test("stays within the limits of CloudWatch: periods of whole minutes, a window of a day, or of a week for hours", () => {
    const { period, evaluationPeriods } = readAlarmRule("cloud/pulse-alarm.yml", every);

    expect(period % 60).toBe(0);
    expect(period * evaluationPeriods).toBeLessThanOrEqual(period < 3_600 ? 86_400 : 604_800);
  });
});

describe("pulse-stopped after a change of the interval", () => {
  /** Whether it is in alarm in each minute after the change, in a service that misses no run. */
  const alarmsAfter = (from: number, to: number, change: number, timing: Timing): boolean[] => {
    const rule = readAlarmRule("cloud/pulse-alarm.yml", to);
    const length = 10 * to;
    const runs = [
      ...Array.from({ length }, (_, n) => change - n).filter((minute) => minute % from === 0),
      ...Array.from({ length }, (_, n) => change + 1 + n).filter((minute) => minute % to === 0),
    ];
    const data = runs.flatMap((minute) => beat(1, minute, timing));
    return Array.from({ length }, (_, minute) => {
      // As above, only the first and last minutes of a slot of the new interval can decide differently.
      const within = (change + minute) % to;
      return (within <= 5 || within === to - 1) && isInAlarm(rule, data, (START + change + minute) * 60);
    });
  };
  /** Minutes from START at which the new template applies. */
  const CHANGES = [0, 1, 2, 7, 30, 59];

  test.each([
    [1, 2],
    [1, 5],
    [1, 60],
    [2, 3],
    [5, 15],
    [12, 15],
    [15, 60],
  ])("from %i to %i min does not fire", (from, to) => {
    for (const change of CHANGES) {
      for (const timing of TIMINGS) expect(alarmsAfter(from, to, change, timing)).not.toContain(true);
    }
  });

  test.each([
    [60, 1],
    [5, 1],
    [5, 2],
    [60, 5],
    [60, 15],
  ])("from %i to %i min can fire, and ends when two new runs are evaluated", (from, to) => {
    const last = CHANGES.flatMap((change) =>
      TIMINGS.map((timing) => alarmsAfter(from, to, change, timing).lastIndexOf(true) * 60),
    );

    expect(Math.max(...last)).toBeGreaterThan(0);
    expect(Math.max(...last)).toBeLessThanOrEqual(delayOf(to));
  });
});

test("docs/operate.md lists these sequences and whether the alarm fires", () => {
  const [, table = ""] = readFileSync("docs/operate.md", "utf8").split("# When the alarm fires");

  const rows = [...table.matchAll(/^\| (.+?) +\| (yes|no) +\|$/gm)].map(([, name, fires]) => [name, fires]);

  expect(rows).toEqual(Object.entries(casesOf(1)).map(([name, { fires }]) => [name, fires ? "yes" : "no"]));
});
