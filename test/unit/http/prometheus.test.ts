import { expect, test } from "vitest";
import { renderMetrics } from "../../../lib/http/prometheus.ts";
import { pulse } from "../../../lib/pulse/pulse.ts";
import { type Facts, historyOf, minutesFrom } from "../../support/fixtures/history.ts";
import { NASTY, NASTY_IN_METRICS, PLAIN } from "../../support/fixtures/reasons.ts";

const metricsAt = (time: string, facts: Facts) =>
  renderMetrics(pulse(historyOf(facts), Date.parse(time), { lateAfter: 120, downAfter: 240, every: 1 }));

test("/metrics has all metrics when some minutes were missed", () => {
  const facts = {
    born: "2026-11-23T20:00Z",
    beaten: [
      ...minutesFrom("2026-11-23T20:00Z", "2026-11-23T20:09Z"),
      ...minutesFrom("2026-11-23T20:12Z", "2026-11-23T20:39Z"),
      ["2026-11-23T20:41Z", 1_200] as const,
      ["2026-11-23T20:42Z", 65_000] as const,
    ],
  };

  expect(metricsAt("2026-11-23T20:42:30.500Z", facts)).toEqual({
    statusCode: 200,
    headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8", "cache-control": "no-store" },
    body: `# HELP heartbeat_up 1 while the state is up, else 0.
# TYPE heartbeat_up gauge
heartbeat_up 1
# HELP heartbeat_state 1 for the current state, 0 for the others.
# TYPE heartbeat_state gauge
heartbeat_state{state="new"} 0
heartbeat_state{state="up"} 1
heartbeat_state{state="late"} 0
heartbeat_state{state="down"} 0
heartbeat_state{state="paused"} 0
# HELP heartbeat_state_since_timestamp_seconds Start of the current state. Omitted before the first beat, and while up for more than 24 hours.
# TYPE heartbeat_state_since_timestamp_seconds gauge
heartbeat_state_since_timestamp_seconds 1795466460
# HELP heartbeat_born_timestamp_seconds Start of the minute in which the first beat was recorded, or the first one since the interval changed.
# TYPE heartbeat_born_timestamp_seconds gauge
heartbeat_born_timestamp_seconds 1795464000
# HELP heartbeat_beats_total All minutes ever counted.
# TYPE heartbeat_beats_total counter
heartbeat_beats_total 40
# HELP heartbeat_expected_beats Beats plus missed minutes.
# TYPE heartbeat_expected_beats gauge
heartbeat_expected_beats 43
# HELP heartbeat_missed_beats Minutes since the first beat that are due, were not counted and are not covered by a pause. A late arrival lowers it.
# TYPE heartbeat_missed_beats gauge
heartbeat_missed_beats 3
# HELP heartbeat_last_beat_timestamp_seconds Start of the newest counted minute since the first beat was recorded.
# TYPE heartbeat_last_beat_timestamp_seconds gauge
heartbeat_last_beat_timestamp_seconds 1795466520
# HELP heartbeat_uptime_ratio Counted minutes divided by expected minutes in the window, at most 1. Omitted if none was expected.
# TYPE heartbeat_uptime_ratio gauge
heartbeat_uptime_ratio{window="1h"} 0.93023
heartbeat_uptime_ratio{window="24h"} 0.93023
heartbeat_uptime_ratio{window="7d"} 0.93023
heartbeat_uptime_ratio{window="30d"} 0.93023
heartbeat_uptime_ratio{window="90d"} 0.93023
heartbeat_uptime_ratio{window="all"} 0.93023
# HELP heartbeat_lateness_seconds Time from the start of a minute to its recording, for the beats of the last 24 hours. Percentile 100 is the maximum.
# TYPE heartbeat_lateness_seconds gauge
heartbeat_lateness_seconds{percentile="50"} 0.048
heartbeat_lateness_seconds{percentile="95"} 0.048
heartbeat_lateness_seconds{percentile="100"} 65
# HELP heartbeat_late_after_seconds Seconds from the start of the newest counted minute, or from a later resume, to state late.
# TYPE heartbeat_late_after_seconds gauge
heartbeat_late_after_seconds 120
# HELP heartbeat_down_after_seconds Seconds from the start of the newest counted minute, or from a later resume, to state down.
# TYPE heartbeat_down_after_seconds gauge
heartbeat_down_after_seconds 240
`,
  });
});

test("/metrics omits times and ratios before the first beat", () => {
  expect(
    metricsAt("2026-11-23T22:40:10Z", {}).body,
  ).toBe(`# HELP heartbeat_up 1 while the state is up, else 0.
# TYPE heartbeat_up gauge
heartbeat_up 0
# HELP heartbeat_state 1 for the current state, 0 for the others.
# TYPE heartbeat_state gauge
heartbeat_state{state="new"} 1
heartbeat_state{state="up"} 0
heartbeat_state{state="late"} 0
heartbeat_state{state="down"} 0
heartbeat_state{state="paused"} 0
# HELP heartbeat_beats_total All minutes ever counted.
# TYPE heartbeat_beats_total counter
heartbeat_beats_total 0
# HELP heartbeat_expected_beats Beats plus missed minutes.
# TYPE heartbeat_expected_beats gauge
heartbeat_expected_beats 0
# HELP heartbeat_missed_beats Minutes since the first beat that are due, were not counted and are not covered by a pause. A late arrival lowers it.
# TYPE heartbeat_missed_beats gauge
heartbeat_missed_beats 0
# HELP heartbeat_late_after_seconds Seconds from the start of the newest counted minute, or from a later resume, to state late.
# TYPE heartbeat_late_after_seconds gauge
heartbeat_late_after_seconds 120
# HELP heartbeat_down_after_seconds Seconds from the start of the newest counted minute, or from a later resume, to state down.
# TYPE heartbeat_down_after_seconds gauge
heartbeat_down_after_seconds 240
`);
});

test("/metrics omits the ratio of a window in which nothing was expected", () => {
  const facts = { born: "2026-11-23T10:00Z", beaten: ["2026-11-23T10:00Z"] };
  const paused = { ...facts, pauses: [{ from: "2026-11-23T10:01Z" }] };

  const { body = "" } = metricsAt("2026-11-23T12:00:00Z", paused);

  expect(body.match(/^heartbeat_uptime_ratio.*$/gm)).toEqual([
    'heartbeat_uptime_ratio{window="24h"} 1',
    'heartbeat_uptime_ratio{window="7d"} 1',
    'heartbeat_uptime_ratio{window="30d"} 1',
    'heartbeat_uptime_ratio{window="90d"} 1',
    'heartbeat_uptime_ratio{window="all"} 1',
  ]);
});

test.each([
  ["a plain reason", PLAIN, PLAIN],
  ["a nasty reason, escaped", NASTY, NASTY_IN_METRICS],
  ["a reason that nobody knows", undefined, ""],
])("/metrics has an open pause with %s", (_, reason, expected) => {
  const facts = { born: "2026-11-23T10:00Z", beaten: ["2026-11-23T10:00Z"] };
  const open = { from: "2026-11-23T10:01Z", ...(reason === undefined ? {} : { reason }) };

  const { body = "" } = metricsAt("2026-11-23T12:00:00Z", { ...facts, pauses: [open] });

  expect(body.split("\n").filter((line) => line.includes("pause_info"))).toEqual([
    "# HELP heartbeat_pause_info 1 while a pause is open, with its reason. Omitted otherwise.",
    "# TYPE heartbeat_pause_info gauge",
    `heartbeat_pause_info{reason="${expected}"} 1`,
  ]);
});

test("/metrics has no pause after a resume", () => {
  const pauses = [{ from: "2026-11-23T10:01Z", to: "2026-11-23T10:09Z" }];

  const { body } = metricsAt("2026-11-23T12:00:00Z", { born: "2026-11-23T10:00Z", pauses });

  expect(body).not.toContain("pause_info");
});

const OLD = { born: "2026-11-18T20:00Z", beaten: ["2026-11-18T22:40Z"] };

test.each<[string, Facts, string]>([
  ["late", { ...OLD, beaten: ["2026-11-23T22:38Z"] }, "2026-11-23T22:40:30Z"],
  ["down for 5 days", OLD, "2026-11-18T22:44:30Z"],
  ["paused for 5 days", { ...OLD, pauses: [{ from: "2026-11-18T22:41Z" }] }, "2026-11-18T22:41:00Z"],
])("/metrics has the start of the state %s", (_, facts, since) => {
  const rules = { lateAfter: 150, downAfter: 270, every: 1 };

  const { body = "" } = renderMetrics(pulse(historyOf(facts), Date.parse("2026-11-23T22:41:00Z"), rules));

  expect(body).toContain(`\nheartbeat_state_since_timestamp_seconds ${Date.parse(since) / 1_000}\n`);
});

test("/metrics omits the start of the state when it has been up for more than 24 hours", () => {
  const facts = {
    born: "2026-11-22T20:00Z",
    beaten: minutesFrom("2026-11-22T20:00Z", "2026-11-23T22:40Z"),
  };

  expect(metricsAt("2026-11-23T22:40:34Z", facts).body).not.toContain("state_since");
});
