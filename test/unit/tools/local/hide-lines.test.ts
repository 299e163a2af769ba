import { expect, test } from "vitest";
import { beatMetricsLine } from "../../../../lib/beat/metrics-line.ts";
import { DEFAULT_NAMES } from "../../../../lib/service/names.ts";
import { hideLines } from "../../../../tools/local/hide-lines.ts";

test("hideLines hides the metrics lines and the frame of routes, and no other line", () => {
  const shown: unknown[] = [];
  const stream = { write: (chunk: unknown) => shown.push(chunk) > 0 };
  hideLines(stream);

  for (const line of [
    "bump,Bump…",
    beatMetricsLine("f", "duplicate", { minute: "2026-11-23T22:40Z", recordedAt: 0 }, DEFAULT_NAMES),
    "{}",
    "\n\u001b[2m  ┌──────┐\u001b[22m\n  │ POST | http://localhost:7718/2015-03-31/functions/ping/invocations │\n  └──────┘",
    "┌──┐\n│ a │\n└──┘",
  ])
    stream.write(`${line}\n`);

  expect(shown).toEqual(["bump,Bump…\n", "{}\n", "┌──┐\n│ a │\n└──┘\n"]);
});
