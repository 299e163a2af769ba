import { describe, expect, test } from "vitest";
import { beatMetricsLine } from "../../../lib/beat/metrics-line.ts";
import { DEFAULT_NAMES } from "../../../lib/service/names.ts";

const MINUTE = "2026-11-23T22:40Z";
const at = (time: string) => ({ minute: MINUTE, recordedAt: Date.parse(time) });

describe("beatMetricsLine", () => {
  test("contains the lateness of a counted beat", () => {
    const line = beatMetricsLine(
      "heartbeat-dev-heartbeat",
      "counted",
      at("2026-11-23T22:40:00.048Z"),
      DEFAULT_NAMES,
    );

    expect(JSON.parse(line)).toEqual({
      _aws: {
        Timestamp: Date.parse("2026-11-23T22:40:00.000Z"),
        CloudWatchMetrics: [
          {
            Namespace: "Heartbeat",
            Dimensions: [["FunctionName"]],
            Metrics: [
              { Name: "BeatsCounted", Unit: "Count" },
              { Name: "BeatsDuplicate", Unit: "Count" },
              { Name: "BeatsPaused", Unit: "Count" },
              { Name: "BeatLateness", Unit: "Milliseconds" },
            ],
          },
        ],
      },
      FunctionName: "heartbeat-dev-heartbeat",
      BeatsCounted: 1,
      BeatsDuplicate: 0,
      BeatsPaused: 0,
      BeatLateness: 48,
    });
  });

  test("contains no lateness for a duplicate", () => {
    const line = beatMetricsLine(
      "heartbeat-prod-heartbeat",
      "duplicate",
      at("2026-11-23T22:43:00.000Z"),
      DEFAULT_NAMES,
    );

    expect(JSON.parse(line)).toEqual({
      _aws: {
        Timestamp: Date.parse("2026-11-23T22:40:00.000Z"),
        CloudWatchMetrics: [
          {
            Namespace: "Heartbeat",
            Dimensions: [["FunctionName"]],
            Metrics: [
              { Name: "BeatsCounted", Unit: "Count" },
              { Name: "BeatsDuplicate", Unit: "Count" },
              { Name: "BeatsPaused", Unit: "Count" },
            ],
          },
        ],
      },
      FunctionName: "heartbeat-prod-heartbeat",
      BeatsCounted: 0,
      BeatsDuplicate: 1,
      BeatsPaused: 0,
    });
  });

  test("counts a covered beat as paused, so that the alarm stays quiet", () => {
    const line = beatMetricsLine(
      "heartbeat-dev-heartbeat",
      "covered",
      at("2026-11-23T22:40:00.048Z"),
      DEFAULT_NAMES,
    );

    expect(JSON.parse(line)).toMatchObject({ BeatsCounted: 0, BeatsDuplicate: 0, BeatsPaused: 1 });
  });

  test.each(["2026-11-23T22:40:59.900Z", "2026-11-23T22:42:29.999Z", "2026-12-05T10:00:00.000Z"])(
    "has the start of the minute as timestamp for a beat recorded at %s",
    (recordedAt) => {
      expect(JSON.parse(beatMetricsLine("f", "counted", at(recordedAt), DEFAULT_NAMES))._aws.Timestamp).toBe(
        Date.parse(MINUTE),
      );
    },
  );

  test("contains no line break", () => {
    expect(beatMetricsLine("f", "counted", at("2026-11-23T22:40:00.000Z"), DEFAULT_NAMES)).not.toContain(
      "\n",
    );
  });
});
