import { type Beat, latenessMs, type Outcome } from "../domain/beat-store.ts";
import { startOf } from "../domain/minute.ts";
import type { Names } from "../service/names.ts";

/**
 * The metrics of a beat in the embedded metric format: a log line that CloudWatch turns into metrics (docs/adr/0005).
 * The timestamp is the start of the beat's minute, so that the alarm evaluates scheduled minutes, whatever the second of
 * delivery. Every line contains all counts, zeros too, so that each metric of the alarm's sum has data.
 */
export const beatMetricsLine = (functionName: string, outcome: Outcome, beat: Beat, names: Names): string => {
  const counts = {
    BeatsCounted: outcome === "counted" ? 1 : 0,
    BeatsDuplicate: outcome === "duplicate" ? 1 : 0,
    BeatsPaused: outcome === "covered" ? 1 : 0,
  };
  const times = outcome === "counted" ? { BeatLateness: latenessMs(beat) } : {};
  return record(names.metricsNamespace, functionName, startOf(beat.minute), counts, times);
};

/** The metric of a change of the settings in the embedded metric format. `now` in milliseconds since the epoch. */
export const settingsMetricsLine = (functionName: string, now: number, names: Names): string =>
  record(names.metricsNamespace, functionName, now, { SettingsChanged: 1 });

type Values = Record<string, number>;

const record = (
  Namespace: string,
  FunctionName: string,
  Timestamp: number,
  counts: Values,
  times: Values = {},
): string => {
  const Metrics = [...inUnit("Count", counts), ...inUnit("Milliseconds", times)];
  const metrics = { Namespace, Dimensions: [["FunctionName"]], Metrics };
  return JSON.stringify({
    _aws: { Timestamp, CloudWatchMetrics: [metrics] },
    FunctionName,
    ...counts,
    ...times,
  });
};

const inUnit = (Unit: string, values: Values) => Object.keys(values).map((Name) => ({ Name, Unit }));
