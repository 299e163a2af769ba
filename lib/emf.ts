import { type Beat, latenessOf } from "./beat-store.ts";

/** What became of a beat. */
export type Outcome = "counted" | "duplicate";

/**
 * CloudWatch's embedded metric format: a line of the log that Lambda turns into metrics (docs/adr/0005).
 * The counts stand in every record, zeros too, so that no part of an alarm's sum is ever without data while
 * the heart beats; `BeatsPaused` is 0 as nothing pauses yet.
 */
export const emfLine = (functionName: string, outcome: Outcome, beat: Beat): string => {
  const counts = {
    BeatsCounted: outcome === "counted" ? 1 : 0,
    BeatsDuplicate: outcome === "duplicate" ? 1 : 0,
    BeatsPaused: 0,
  };
  const times = outcome === "counted" ? { BeatLateness: latenessOf(beat) } : {};
  const Metrics = [...inUnit("Count", counts), ...inUnit("Milliseconds", times)];
  const metrics = { Namespace: "Heartbeat", Dimensions: [["FunctionName"]], Metrics };
  return JSON.stringify({
    _aws: { Timestamp: beat.recordedAt, CloudWatchMetrics: [metrics] },
    FunctionName: functionName,
    ...counts,
    ...times,
  });
};

const inUnit = (Unit: string, values: Record<string, number>) =>
  Object.keys(values).map((Name) => ({ Name, Unit }));
