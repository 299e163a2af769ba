import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { onStopSignal } from "../../../../tools/local/environment/stop-signals.ts";

test.each([
  ["in a terminal", true, true, ["SIGINT", "SIGTERM", "SIGHUP"]],
  ["in a terminal with | tee", false, true, ["SIGINT", "SIGTERM", "SIGHUP"]],
  ["in a terminal with 2> file", true, false, ["SIGINT", "SIGTERM", "SIGHUP"]],
  ["under nohup", false, false, ["SIGINT", "SIGTERM"]],
])("a command %s handles each signal, and stops at the expected ones", (_, out, err, expected) => {
  const process = Object.assign(new EventEmitter(), { stdout: { isTTY: out }, stderr: { isTTY: err } });
  const stops: string[] = [];
  onStopSignal((signal) => stops.push(signal), process);

  const handled = ["SIGINT", "SIGTERM", "SIGHUP"].map((signal) => process.emit(signal, signal));

  expect(handled).toEqual([true, true, true]);
  expect(stops).toEqual(expected);
});
