import { expect, test } from "vitest";
import { logLine } from "../../../lib/beat/log-line.ts";

test.each([
  ["2018-08-20T14:38:03.258Z", "bump,Bump... @ 2018-08-20 14:38:03.258 +0000 UTC"],
  ["2018-08-20T14:38:03.250Z", "bump,Bump... @ 2018-08-20 14:38:03.25 +0000 UTC"],
  ["2018-08-20T14:38:03.200Z", "bump,Bump... @ 2018-08-20 14:38:03.2 +0000 UTC"],
  ["2018-08-20T14:38:03.002Z", "bump,Bump... @ 2018-08-20 14:38:03.002 +0000 UTC"],
  ["2018-08-20T14:38:30.000Z", "bump,Bump... @ 2018-08-20 14:38:30 +0000 UTC"],
  ["2018-08-20T00:00:00.000Z", "bump,Bump... @ 2018-08-20 00:00:00 +0000 UTC"],
])("formats %s like Go prints a UTC time", (time, line) => {
  expect(logLine(Date.parse(time))).toBe(line);
});
