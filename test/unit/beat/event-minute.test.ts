import fc from "fast-check";
import { describe, expect, test } from "vitest";
import event from "../../../events/heartbeat.json" with { type: "json" };
import { eventMinute } from "../../../lib/beat/event-minute.ts";

const NOW = Date.parse("2026-11-23T22:41:30.500Z");
const refusal = (value: unknown): string => {
  try {
    return `returned ${eventMinute(value, NOW)}`;
  } catch (error) {
    return String(error);
  }
};

describe("eventMinute", () => {
  test("returns the minute of the event, not of the clock", () => {
    expect(eventMinute(event, NOW)).toBe("2026-11-23T22:40Z");
  });

  test.each([
    ["2026-11-23T22:40:59Z", "2026-11-23T22:40Z"],
    ["2026-11-23T22:40:59.999Z", "2026-11-23T22:40Z"],
    ["2024-02-29T23:59:00Z", "2024-02-29T23:59Z"],
    ["1969-12-31T23:59:30Z", "1969-12-31T23:59Z"],
    ["0000-01-01T00:00:00Z", "0000-01-01T00:00Z"],
    ["2026-11-23T22:43:30Z", "2026-11-23T22:43Z"],
    ["2026-11-23T22:43:30.500Z", "2026-11-23T22:43Z"],
  ])("returns for %s %s", (time, minute) => {
    expect(eventMinute({ time }, NOW)).toBe(minute);
  });

  test.each([
    ["an empty object", {}],
    ["an empty string", ""],
  ])("returns the current minute for %s", (_, nothing) => {
    expect(eventMinute(nothing, NOW)).toBe("2026-11-23T22:41Z");
  });

  test("returns the minute of any valid time, with and without a fraction", () => {
    const times = fc.integer({ min: Date.parse("0001-01-01T00:00:00Z"), max: NOW });
    fc.assert(
      fc.property(times, (at) => {
        const time = new Date(at).toISOString();
        expect(eventMinute({ time }, NOW)).toBe(`${time.slice(0, 16)}Z`);
        expect(eventMinute({ time: time.replace(/\.\d+/, "") }, NOW)).toBe(`${time.slice(0, 16)}Z`);
      }),
    );
  });
});

describe("eventMinute throws an error that names field and value for", () => {
  test.each([
    [[], "TypeError: event must be an object with a time, not []"],
    [
      [{ time: "2026-11-23T22:40:00Z" }],
      'TypeError: event must be an object with a time, not [{"time":"2026-11-23T22:40:00Z"}]',
    ],
    [null, "TypeError: event must be an object with a time, not null"],
    [undefined, "TypeError: event must be an object with a time, not undefined"],
    [0, "TypeError: event must be an object with a time, not 0"],
    [true, "TypeError: event must be an object with a time, not true"],
    ["2026-11-23T22:40:00Z", 'TypeError: event must be an object with a time, not "2026-11-23T22:40:00Z"'],
    [" ", 'TypeError: event must be an object with a time, not " "'],
  ])("%j", (value, message) => {
    expect(refusal(value)).toBe(message);
  });

  test("data without a time", () => {
    expect(refusal({ id: 1 })).toBe(
      "TypeError: event.time must be a real UTC time like 2026-11-23T22:40:00Z, not undefined",
    );
  });

  test.each([
    "2026-02-30T00:00:00Z",
    "2026-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-00-01T00:00:00Z",
    "2026-11-31T00:00:00Z",
    "2026-11-23T24:00:00Z",
    "2026-11-23T22:60:00Z",
    "2026-11-23T22:40:60Z",
    "2026-11-23T22:40Z",
    "2026-11-23",
    "2026-11-23T22:40:00",
    "2026-11-23T22:40:00+00:00",
    "2026-11-23t22:40:00z",
    "2026-11-23 22:40:00Z",
    "2026-11-23T22:40:00.5Z",
    "2026-11-23T22:40:00.1234Z",
    "+002026-11-23T22:40:00Z",
    "-000001-01-01T00:00:00Z",
    "\n2026-11-23T22:40:00Z",
    "2026-11-23T22:40:00Z\n",
    "٢٠٢٦-11-23T22:40:00Z",
    "",
    1_795_473_600,
    null,
    ["2026-11-23T22:40:00Z"],
  ])("a time of %j", (time) => {
    expect(refusal({ time })).toBe(
      `TypeError: event.time must be a real UTC time like 2026-11-23T22:40:00Z, not ${JSON.stringify(time)}`,
    );
  });

  test.each(["2026-11-23T22:43:31Z", "2026-11-23T22:43:30.501Z", "9999-12-31T23:59:59Z"])(
    "%s, over 2 minutes ahead of the clock",
    (time) => {
      expect(refusal({ time })).toBe(
        `TypeError: event.time must not be over 2 minutes ahead of this function's clock, 2026-11-23T22:41:30.500Z: "${time}"`,
      );
    },
  );

  test("a huge time, and cuts the value", () => {
    expect(refusal({ time: "9".repeat(1_000_000) })).toBe(
      `TypeError: event.time must be a real UTC time like 2026-11-23T22:40:00Z, not "${"9".repeat(79)}…`,
    );
  });

  test("a value that is nested too deeply for JSON", () => {
    const deep = JSON.parse(`${"[".repeat(9_000)}${"]".repeat(9_000)}`);

    expect(refusal(deep)).toMatch(/^TypeError: event must be an object with a time, not \[/);
    expect(refusal({ time: deep })).toMatch(
      /^TypeError: event\.time must be a real UTC time like .*, not \[/,
    );
  });

  test("any other JSON value, or returns a minute", () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.record({ time: fc.jsonValue() })), (value) => {
        expect(refusal(value)).toMatch(
          /^(TypeError: event(\.time)? must |returned \d{4}-\d\d-\d\dT\d\d:\d\dZ$)/,
        );
      }),
    );
  });
});
