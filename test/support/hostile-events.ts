import fc from "fast-check";
import { tickAt } from "./ticks.ts";

/** Real times at every boundary of the calendar. None is of a minute that another test beats. */
export const REAL_TIMES = [
  "0000-01-01T00:00:00Z",
  "0000-02-29T23:59:59Z",
  "0001-01-01T00:00:00.000Z",
  "1582-10-10T12:00:00Z",
  "1600-02-29T00:00:00Z",
  "1752-09-05T12:00:00Z",
  "1900-02-28T23:59:59Z",
  "1969-12-31T23:59:59.999Z",
  "1970-01-01T00:00:00Z",
  "1972-06-30T23:59:59Z", // before a leap second
  "1972-07-01T00:00:00Z", // after it
  "2000-02-29T23:59:00Z",
  "2024-02-29T00:00:00Z",
  "2024-12-31T23:59:59Z",
  "2026-03-29T01:30:00Z", // an hour that Europe's clocks leave out
  "2026-10-25T00:30:00Z", // an hour that they have twice
  "2026-10-25T01:30:00Z",
  "2026-11-01T06:30:00Z", // the same of America
];

export const UNREAL_TIMES = [
  "2023-02-29T00:00:00Z",
  "1900-02-29T00:00:00Z",
  "2100-02-29T00:00:00Z",
  "2026-04-31T00:00:00Z",
  "2026-02-30T00:00:00Z",
  "2026-00-10T00:00:00Z",
  "2026-13-01T00:00:00Z",
  "2026-11-00T00:00:00Z",
  "2026-11-32T00:00:00Z",
  "2026-11-23T24:00:00Z",
  "2026-11-23T22:60:00Z",
  "2016-12-31T23:59:60Z", // a leap second that there was
  "9999-12-31T23:59:59Z",
  "9999-12-31T23:59:59.999Z",
  "10000-01-01T00:00:00Z",
  "+010000-01-01T00:00:00Z",
  "-000001-12-31T23:59:59Z",
  "-0001-12-31T23:59:59Z",
  "-271821-04-20T00:00:00Z",
  "+275760-09-13T00:00:00Z",
  "2026-11-23",
  "2026-11-23T22:40Z",
  "2026-11-23T22:40:00",
  "2026-11-23T22:40:00z",
  "2026-11-23t22:40:00Z",
  "2026-11-23 22:40:00Z",
  "2026-11-23T22:40:00.1Z",
  "2026-11-23T22:40:00.0000Z",
  "2026-11-23T22:40:00,000Z",
  "2026-11-23T22:40:00+00:00",
  "2026-11-23T22:40:00-00:00",
  " 2026-11-23T22:40:00Z",
  "2026-11-23T22:40:00Z\n",
  "2026-11-23T22:40:00Z\u0000",
  "２０２６-11-23T22:40:00Z",
  "2026‐11‐23T22:40:00Z",
  "٢٠٢٦-11-23T22:40:00Z",
  "20261123T224000Z",
  "2026-W48-1T22:40:00Z",
  "2026-327T22:40:00Z",
  "Mon, 23 Nov 2026 22:40:00 GMT",
  "1795473600000",
  "1e9",
  "NaN",
  "now",
  "",
];

const deep = fc.integer({ min: 50, max: 3_000 }).map((levels) => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { time: value };
  return value;
});
const huge = fc.integer({ min: 1_000, max: 200_000 }).map((length) => "x".repeat(length));
const key = fc.constantFrom("__proto__", "constructor", "prototype", "toString", "valueOf", "toJSON", "then");
/** Any JSON, the odd kinds among it. */
const anything = fc.oneof(
  fc.jsonValue(),
  fc.jsonValue({ noUnicodeString: false, maxDepth: 5 }),
  fc.constantFrom(0, -0, 1e308, -1e308, 5e-324, 2 ** 53, true, false, null, "\u0000", "\ud800", "💓"),
  fc.string({ unit: "binary" }),
  deep,
  huge,
  fc.dictionary(key, fc.jsonValue(), { minKeys: 1 }),
  fc.array(fc.jsonValue(), { minLength: 100, maxLength: 1_000 }),
);

const noTime = fc.oneof(
  anything.filter((value) => typeof value !== "string" || !/^\d{4}-\d\d-\d\dT/.test(value)),
  fc.constantFrom(...UNREAL_TIMES),
  fc.date({ min: new Date(Date.now() + 86_400_000), noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom(...REAL_TIMES).map((time) => [time]),
);

const hasData = (value: unknown) => value !== "" && JSON.stringify(value) !== "{}";
const hasTime = (value: unknown) => "time" in Object(value);

/** Events that no minute can be told of: the heartbeat refuses every one. */
export const noTicks: fc.Arbitrary<unknown> = fc.oneof(
  anything.filter((value) => hasData(value) && !hasTime(value)),
  noTime.map(tickAt),
  noTime.map((time) => ({ time })),
  noTime.map((time) =>
    JSON.parse(`{"__proto__":{"time":"2018-08-20T14:38:00Z"},"time":${JSON.stringify(time)}}`),
  ),
  fc.constantFrom(...REAL_TIMES).map((time) => [{ time }]),
  fc.constantFrom(...REAL_TIMES).map((time) => ({ Time: time, detail: { time }, "time ": time })),
);

/** What is wrong with any value of these, whatever else is asked for. */
const noSetting = fc.oneof(
  fc.record({ pause: anything.filter((value) => typeof value !== "string") }),
  fc.record({ by: anything.filter((value) => typeof value !== "string") }),
  fc.record({ resume: anything.filter((value) => value !== true) }),
  fc.record({ lateAfter: anything.filter((value) => typeof value !== "number" && value !== null) }),
  fc.record({ downAfter: anything.filter((value) => typeof value !== "number" && value !== null) }),
  fc.record({ ifVersion: anything.filter((value) => typeof value !== "number") }),
);

/** Events that no change of the settings can be told of: that function refuses every one. */
export const noSettings: fc.Arbitrary<unknown> = fc.oneof(
  noTicks.filter(
    (value) =>
      !["pause", "resume", "lateAfter", "downAfter", "ifVersion", "by"].some((key) => key in Object(value)),
  ),
  noSetting,
  fc
    .tuple(noSetting, fc.record({ pause: fc.constant("a reason"), by: fc.constant("me") }))
    .map(([bad, good]) => ({ ...good, ...bad })),
);
