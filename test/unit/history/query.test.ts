import { describe, expect, test } from "vitest";
import { BadRequestError } from "../../../lib/domain/errors.ts";
import { GRANULARITIES } from "../../../lib/history/granularity.ts";
import { nextQuery, toHistoryQuery } from "../../../lib/history/query.ts";

const NOW = Date.parse("2026-11-23T22:40:34.500Z");
const [MINUTE, HOUR, DAY] = GRANULARITIES;
const minute = (text: string) => Date.parse(text) / 60_000;
const hour = (text: string) => Date.parse(text) / 3_600_000;
const day = (text: string) => Date.parse(text) / 86_400_000;

describe("a query string of the history", () => {
  const newest = { first: undefined, from: undefined };
  test.each([
    ["", { ...newest, step: HOUR, limit: 24, last: hour("2026-11-23T22:00Z") }],
    ["step=minute", { ...newest, step: MINUTE, limit: 60, last: minute("2026-11-23T22:40Z") }],
    ["step=day", { ...newest, step: DAY, limit: 30, last: day("2026-11-23") }],
    ["step=day&limit=366", { ...newest, step: DAY, limit: 366, last: day("2026-11-23") }],
    ["limit=168", { ...newest, step: HOUR, limit: 168, last: hour("2026-11-23T22:00Z") }],
    ["limit=1440&step=minute", { ...newest, step: MINUTE, limit: 1_440, last: minute("2026-11-23T22:40Z") }],
    ["limit=01", { ...newest, step: HOUR, limit: 1, last: hour("2026-11-23T22:00Z") }],
    // A range that ends in the future is cut at now.
    ["to=2026-11-23", { ...newest, step: HOUR, limit: 24, last: hour("2026-11-23T22:00Z") }],
    ["to=9999-12-31T23:59Z", { ...newest, step: HOUR, limit: 24, last: hour("2026-11-23T22:00Z") }],
    ["to=2026-11-22", { ...newest, step: HOUR, limit: 24, last: hour("2026-11-22T23:00Z") }],
    ["to=2026-11-22T10%3A30Z", { ...newest, step: HOUR, limit: 24, last: hour("2026-11-22T10:00Z") }],
    ["to=0000-01-01", { ...newest, step: HOUR, limit: 24, last: hour("0000-01-01T23:00Z") }],
    [
      "from=2026-11-22T10:30Z&to=2026-11-22T10:30Z",
      { step: HOUR, limit: 24, ...at(hour("2026-11-22T10:00Z")), from: "2026-11-22T10:30Z" },
    ],
    [
      "from=2026-11-23T22:40Z&step=minute",
      { step: MINUTE, limit: 60, ...at(minute("2026-11-23T22:40Z")), from: "2026-11-23T22:40Z" },
    ],
    [
      "from=2024-02-29&to=2024-02-29&step=minute&limit=1440",
      {
        step: MINUTE,
        limit: 1_440,
        first: minute("2024-02-29T00:00Z"),
        last: minute("2024-02-29T23:59Z"),
        from: "2024-02-29",
      },
    ],
    ["cursor=2026-11-23T21:00Z", { ...newest, step: HOUR, limit: 24, last: hour("2026-11-23T20:00Z") }],
    // The previous page was created by a clock that is a little ahead.
    ["cursor=2026-11-23T23:00Z", { ...newest, step: HOUR, limit: 24, last: hour("2026-11-23T22:00Z") }],
    ["cursor=2026-11-23&step=day", { ...newest, step: DAY, limit: 30, last: day("2026-11-22") }],
    [
      "from=2026-11-20&to=2026-11-23&cursor=2026-11-21&step=day",
      { step: DAY, limit: 30, ...at(day("2026-11-20")), from: "2026-11-20" },
    ],
  ])("%j", (query, expected) => {
    expect(toHistoryQuery(query, NOW)).toEqual(expected);
  });

  test.each([
    "step=hour&limit=24&cursor=2026-11-23T21:00Z",
    "step=minute&limit=7&from=2026-11-23T22:30Z&cursor=2026-11-23T22:35Z",
    "step=day&limit=366&from=2020-01-01&cursor=2026-11-20",
  ])("of the page before a position: %j", (query) => {
    const parsed = toHistoryQuery(query, NOW);

    expect(nextQuery(parsed, parsed.last + 1)).toBe(`?${query}`);
  });
});

function at(position: number) {
  return { first: position, last: position };
}

describe("a query string of the history is rejected:", () => {
  const time = "must be a UTC minute like 2026-11-23T22:40Z, or a day like 2026-11-23, not";
  const limit = (step: string, most: number, value: string) =>
    `limit must be a whole number from 1 to ${most} if step is ${step}, not ${value}`;
  const cursor = (step: string, like: string, value: string) =>
    `cursor must be taken from next of the previous page, such as ${like} if step is ${step}, not ${value}`;
  const outside = (value: string) => `cursor must be after from and not after to or now, not ${value}`;
  const unknown = (name: string) => `unknown parameter ${name}: use from, to, step, limit, cursor`;

  test.each([
    ["step=", 'step must be minute, hour or day, not ""'],
    ["step=week", 'step must be minute, hour or day, not "week"'],
    ["step=Hour", 'step must be minute, hour or day, not "Hour"'],
    ["step=__proto__", 'step must be minute, hour or day, not "__proto__"'],
    ["limit=", limit("hour", 168, '""')],
    ["limit=0", limit("hour", 168, '"0"')],
    ["limit=-1", limit("hour", 168, '"-1"')],
    ["limit=1.5", limit("hour", 168, '"1.5"')],
    ["limit=1e2", limit("hour", 168, '"1e2"')],
    ["limit=+1", limit("hour", 168, '" 1"')],
    ["limit=169", limit("hour", 168, '"169"')],
    ["limit=1441&step=minute", limit("minute", 1_440, '"1441"')],
    ["step=day&limit=367", limit("day", 366, '"367"')],
    ["limit=99999999999999999999", limit("hour", 168, '"99999999999999999999"')],
    ["from=", `from ${time} ""`],
    ["from=yesterday", `from ${time} "yesterday"`],
    ["from=2026-11-31", `from ${time} "2026-11-31"`],
    ["from=2026-11-23T24:00Z", `from ${time} "2026-11-23T24:00Z"`],
    ["from=2026-11-23T22:40:00Z", `from ${time} "2026-11-23T22:40:00Z"`],
    ["from=2026-11-23T22:40", `from ${time} "2026-11-23T22:40"`],
    ["from=2026-11-23T22:40%2B01:00", `from ${time} "2026-11-23T22:40+01:00"`],
    ["from=1795473600", `from ${time} "1795473600"`],
    ["from=%2B275760-09-13", `from ${time} "+275760-09-13"`],
    ["to=-000001-01-01", `to ${time} "-000001-01-01"`],
    ["to=2026-11", `to ${time} "2026-11"`],
    ["to=%00", `to ${time} "\\u0000"`],
    ["from=2026-11-23T22:41Z", 'from must not be after now, not "2026-11-23T22:41Z"'],
    ["from=2026-11-24", 'from must not be after now, not "2026-11-24"'],
    ["from=2026-11-02&to=2026-11-01", 'from must not be after to or now, not "2026-11-02"'],
    ["from=9999-01-01&to=9999-12-31", 'from must not be after to or now, not "9999-01-01"'],
    ["cursor=", cursor("hour", "2026-11-23T22:00Z", '""')],
    ["cursor=bXktY3Vyc29y", cursor("hour", "2026-11-23T22:00Z", '"bXktY3Vyc29y"')],
    ["cursor=2026-11-23T21:30Z", cursor("hour", "2026-11-23T22:00Z", '"2026-11-23T21:30Z"')],
    ["cursor=2026-11-23", cursor("hour", "2026-11-23T22:00Z", '"2026-11-23"')],
    [
      "step=minute&cursor=hour%232026-11-23T22",
      cursor("minute", "2026-11-23T22:00Z", '"hour#2026-11-23T22"'),
    ],
    ["step=day&cursor=2026-11-23T22:00Z", cursor("day", "2026-11-23", '"2026-11-23T22:00Z"')],
    ["cursor=2026-11-24T00:00Z", outside('"2026-11-24T00:00Z"')],
    ["to=2026-11-22&cursor=2026-11-23T01:00Z", outside('"2026-11-23T01:00Z"')],
    ["from=2026-11-23T21:30Z&cursor=2026-11-23T21:00Z", outside('"2026-11-23T21:00Z"')],
    ["step=minute&cursor=0000-01-01T00:00Z", outside('"0000-01-01T00:00Z"')],
    ["step=hour&cursor=0000-01-01T00:00Z", outside('"0000-01-01T00:00Z"')],
    ["step=day&cursor=0000-01-01", outside('"0000-01-01"')],
    ["step=day&cursor=9999-12-31", outside('"9999-12-31"')],
    ["since=2026-11-23", unknown('"since"')],
    ["From=2026-11-23", unknown('"From"')],
    ["limit[]=1", unknown('"limit[]"')],
    ["=1", unknown('""')],
    ["__proto__=1", unknown('"__proto__"')],
    ["%F0%28=1", unknown('"\ufffd("')],
    ["limit=1&limit=2", "limit must not be repeated"],
    ["step=day&to=2026-11-23&step=day", "step must not be repeated"],
  ])("%s", (query, message) => {
    expect(() => toHistoryQuery(query, NOW)).toThrow(new BadRequestError(message));
  });

  test.each([
    ["name", `${"x".repeat(8_192)}=1`, unknown(`"${"x".repeat(79)}…`)],
    ["value", `cursor=${"9".repeat(8_192)}`, cursor("hour", "2026-11-23T22:00Z", `"${"9".repeat(79)}…`)],
    ["row of separators", "&".repeat(8_192), "the query must not be longer than 512 characters"],
  ])("a %s of 8 kB", (_, query, message) => {
    expect(() => toHistoryQuery(query, NOW)).toThrow(new BadRequestError(message));
  });
});

test("the longest valid query string, with every character escaped, is accepted", () => {
  const escaped = (text: string) =>
    [...text].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join("");
  const given = {
    from: "2026-11-23T21:00Z",
    to: "2026-11-23T22:00Z",
    step: "minute",
    limit: "1440",
    cursor: "2026-11-23T21:30Z",
  };
  const query = Object.entries(given).map(([name, value]) => `${escaped(name)}=${escaped(value)}`);

  expect(toHistoryQuery(query.join("&"), NOW)).toMatchObject({ limit: 1_440 });
});
