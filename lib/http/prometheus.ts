import { isSinceAtLeast } from "../pulse/pulse.ts";
import type { Reply } from "../reply/reply.ts";
import { type Pulse, STATES, type State } from "../schemas/status.ts";

type Labels = Record<string, string>;
/** A series whose value is null is omitted, because 0 would be wrong. */
type Series = [value: number | null, labels?: Labels];

/**
 * Renders /metrics in the text format 0.0.4. docs/adr/0007 gives the reasons for an own formatter and for the units.
 */
export const renderMetrics = (pulse: Pulse): Reply => ({
  statusCode: 200,
  headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8", "cache-control": "no-store" },
  body: familiesOf(pulse).join(""),
});

const familiesOf = ({ state, since, born, beats, expected, missed, newest, ...pulse }: Pulse): string[] => [
  gauge("up", "1 while the state is up, else 0.", [[state === "up" ? 1 : 0]]),
  gauge("state", "1 for the current state, 0 for the others.", stateSeries(state)),
  gauge(
    "state_since_timestamp_seconds",
    "Start of the current state. Omitted before the first beat, and while up for more than 24 hours.",
    [[isSinceAtLeast({ state, last24h: pulse.last24h }) ? null : secondsAt(since)]],
  ),
  gauge(
    "pause_info",
    "1 while a pause is open, with its reason. Omitted otherwise.",
    pauseSeries(pulse.pause),
  ),
  gauge(
    "born_timestamp_seconds",
    "Start of the minute in which the first beat was recorded, or the first one since the interval changed.",
    [[secondsAt(born)]],
  ),
  counter("beats_total", "All minutes ever counted.", [[beats]]),
  gauge("expected_beats", "Beats plus missed minutes.", [[expected]]),
  gauge(
    "missed_beats",
    "Minutes since the first beat that are due, were not counted and are not covered by a pause. A late arrival lowers it.",
    [[missed]],
  ),
  gauge(
    "last_beat_timestamp_seconds",
    "Start of the newest counted minute since the first beat was recorded.",
    [[secondsAt(newest?.minute ?? null)]],
  ),
  gauge(
    "uptime_ratio",
    "Counted minutes divided by expected minutes in the window, at most 1. Omitted if none was expected.",
    uptimeSeries(pulse.uptime),
  ),
  gauge(
    "lateness_seconds",
    "Time from the start of a minute to its recording, for the beats of the last 24 hours. Percentile 100 is the maximum.",
    latenessSeries(pulse.last24h.lateness),
  ),
  gauge(
    "late_after_seconds",
    "Seconds from the start of the newest counted minute, or from a later resume, to state late.",
    [[pulse.rules.lateAfter]],
  ),
  gauge(
    "down_after_seconds",
    "Seconds from the start of the newest counted minute, or from a later resume, to state down.",
    [[pulse.rules.downAfter]],
  ),
];

const stateSeries = (now: State): Series[] => STATES.map((state) => [state === now ? 1 : 0, { state }]);

const pauseSeries = (pause: Pulse["pause"]): Series[] =>
  pause === null ? [] : [[1, { reason: pause.reason ?? "" }]];

const uptimeSeries = (uptime: Pulse["uptime"]): Series[] =>
  Object.entries(uptime).map(([window, percent]) => [
    // `percent` has three decimals, so this has five: 0.00011 for 0.011, not 0.00010999999999999999.
    percent === null ? null : Math.round(percent * 1_000) / 100_000,
    { window },
  ]);

const latenessSeries = (lateness: Pulse["last24h"]["lateness"]): Series[] =>
  lateness === null
    ? []
    : [
        [lateness.p50 / 1_000, { percentile: "50" }],
        [lateness.p95 / 1_000, { percentile: "95" }],
        [lateness.max / 1_000, { percentile: "100" }],
      ];

const secondsAt = (time: string | null): number | null => (time === null ? null : Date.parse(time) / 1_000);

const family =
  (type: "counter" | "gauge") =>
  (name: string, help: string, series: Series[]): string => {
    const lines = series.flatMap(([value, labels]) =>
      value === null ? [] : [`heartbeat_${name}${braced(labels)} ${value}\n`],
    );
    const head = `# HELP heartbeat_${name} ${help}\n# TYPE heartbeat_${name} ${type}\n`;
    return lines.length === 0 ? "" : head + lines.join("");
  };
const counter = family("counter");
const gauge = family("gauge");

const braced = (labels: Labels = {}): string => {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join()}}`;
};

const escaped = (value: string): string =>
  value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
