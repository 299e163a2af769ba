import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { watchClock } from "../../../../tools/local/clock.ts";

const NOON = Date.parse("2026-11-24T12:00:30Z");

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "Date", "performance"], now: NOON });
});
afterEach(() => {
  vi.useRealTimers();
});

it.each([
  [1, "12:01Z by this clock; start again to beat every minute"],
  [5, "12:05Z by this clock; start again to beat every 5 minutes"],
  [60, "13:00Z by this clock; start again to beat every 60 minutes"],
])(
  "prints once that the clock was set back, and until when no beat is scheduled every %i min",
  (every, end) => {
    const lines: string[] = [];
    watchClock((line) => lines.push(line), every);
    vi.advanceTimersByTime(15_000);

    vi.setSystemTime(Date.now() - 7_200_000);
    vi.advanceTimersByTime(60_000);

    expect(lines).toEqual([
      `the clock was set back by 7200 s: no beat is scheduled until about 2026-11-24T${end} from now on`,
    ]);
  },
);

it.each([
  ["runs normally", 0],
  ["is corrected by seconds", -5_000],
  ["is set forward, as after a sleep", 7_200_000],
])("prints nothing when the clock %s", (_, change) => {
  const lines: string[] = [];
  watchClock((line) => lines.push(line), 1);

  vi.setSystemTime(Date.now() + change);
  vi.advanceTimersByTime(60_000);

  expect(lines).toEqual([]);
});
