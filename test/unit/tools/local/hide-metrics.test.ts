import { expect, test } from "vitest";
import { beatMetricsLine } from "../../../../lib/beat/metrics-line.ts";
import { hideMetrics } from "../../../../tools/local/hide-metrics.ts";

test("hideMetrics hides the metrics lines and no other line", () => {
  const shown: unknown[] = [];
  const stream = { write: (chunk: unknown) => shown.push(chunk) > 0 };
  hideMetrics(stream);

  for (const line of [
    "bump,Bump…",
    beatMetricsLine("f", "duplicate", { minute: "2026-11-23T22:40Z", recordedAt: 0 }),
    "{}",
  ])
    stream.write(`${line}\n`);

  expect(shown).toEqual(["bump,Bump…\n", "{}\n"]);
});
