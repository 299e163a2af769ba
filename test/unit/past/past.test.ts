import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromIndex, minuteBefore, toIndex } from "../../../lib/domain/minute.ts";
import { createTimeline } from "../../../lib/domain/timeline.ts";
import { MAX_READ_DAYS, planReads } from "../../../lib/past/outages.ts";
import { readPast } from "../../../lib/past/past.ts";
import { historyOf, minutesFrom } from "../../support/fixtures/history.ts";
import { BORN, factsOf, NOW, pastOf, RULES } from "../../support/fixtures/past-facts.ts";

const outagesIn = async (...missed: (readonly [string, string])[]) =>
  (await pastOf(factsOf({ missed }))).past.outages;

describe("outages", () => {
  test("are none when no minute was missed, and no day is read", async () => {
    const { past, reads } = await pastOf(factsOf({}));

    expect({ outages: past.outages, since: past.since, reads }).toEqual({
      outages: [],
      since: "2026-11-01",
      reads: [],
    });
  });

  test("are listed newest first, with their ends and lengths", async () => {
    expect(
      await outagesIn(
        ["2026-11-21T10:00Z", "2026-11-21T10:02Z"],
        ["2026-11-21T10:04Z", "2026-11-21T10:04Z"],
        ["2026-11-23T22:00Z", "2026-11-23T22:09Z"],
      ),
    ).toEqual([
      { from: "2026-11-23T22:00Z", to: "2026-11-23T22:09Z", minutes: 10, isOngoing: false, isAtLeast: false },
      { from: "2026-11-21T10:04Z", to: "2026-11-21T10:04Z", minutes: 1, isOngoing: false, isAtLeast: false },
      { from: "2026-11-21T10:00Z", to: "2026-11-21T10:02Z", minutes: 3, isOngoing: false, isAtLeast: false },
    ]);
  });

  test("over several days are one, and only their first and last day are read", async () => {
    const { past, reads } = await pastOf(factsOf({ missed: [["2026-11-10T12:00Z", "2026-11-15T11:59Z"]] }));

    expect(past.outages).toEqual([
      {
        ...{ from: "2026-11-10T12:00Z", to: "2026-11-15T11:59Z" },
        ...{ minutes: 5 * 1_440, isOngoing: false, isAtLeast: false },
      },
    ]);
    expect(reads).toEqual(["2026-11-15", "2026-11-10"]);
  });

  test("that have not ended are ongoing up to the newest due minute", async () => {
    const { past } = await pastOf(factsOf({ newest: "2026-11-20T09:59Z" }));

    expect(past.outages).toEqual([
      {
        ...{ from: "2026-11-20T10:00Z", to: "2026-11-23T22:39Z" },
        ...{ minutes: 3 * 1_440 + 760, isOngoing: true, isAtLeast: false },
      },
    ]);
  });

  test("that began before the 90 days are at least as long", async () => {
    const facts = { born: "2026-01-01T00:00Z", beaten: ["2026-01-01T00:00Z"] };

    const [outage] = (await pastOf(facts)).past.outages;

    expect(outage).toEqual({
      ...{ from: "2026-08-26T00:00Z", to: "2026-11-23T22:39Z" },
      ...{ minutes: 89 * 1_440 + 22 * 60 + 40, isOngoing: true, isAtLeast: true },
    });
  });

  test("of more days than are read are left out, and the first complete day is stated", async () => {
    const days = Array.from({ length: 12 }, (_, n) => `2026-11-${String(n + 5).padStart(2, "0")}`);
    const { past, reads } = await pastOf(
      factsOf({ missed: days.map((day) => [`${day}T10:00Z`, `${day}T10:00Z`] as const) }),
    );

    expect(reads).toEqual(days.slice(2).reverse());
    expect(past.outages.map(({ from }) => from.slice(0, 10))).toEqual(days.slice(2).reverse());
    expect(past.since).toBe("2026-11-07");
    expect(past.months).toEqual([
      {
        month: "2026-11",
        from: "2026-11-01",
        ...{ beaten: 33_029, missed: 12, uptime: 99.963, outages: null },
      },
      { month: "2026-10", from: "2026-10-01", ...{ beaten: 0, missed: 0, uptime: null, outages: 0 } },
      { month: "2026-09", from: "2026-09-01", ...{ beaten: 0, missed: 0, uptime: null, outages: 0 } },
      { month: "2026-08", from: "2026-08-26", ...{ beaten: 0, missed: 0, uptime: null, outages: 0 } },
    ]);
  });

  test("are the runs of missed minutes of the whole history", async () => {
    const span = fc.record({
      at: fc.integer({ min: 1, max: 32_000 }),
      length: fc.integer({ min: 1, max: 4_000 }),
    });
    const first = toIndex(BORN);
    await fc.assert(
      fc.asyncProperty(
        fc.array(span, { maxLength: 4 }),
        fc.array(span, { maxLength: 2 }),
        async (gaps, covers) => {
          const [missed, paused] = [gaps, covers].map((spans) =>
            spans.map(
              ({ at, length }) =>
                [
                  fromIndex(first + at),
                  fromIndex(Math.min(first + at + length, toIndex("2026-11-23T20:00Z"))),
                ] as const,
            ),
          ) as [[string, string][], [string, string][]];
          const [pause] = paused.filter(([from, to]) => from <= to);
          const pauses = pause === undefined ? [] : [{ from: pause[0], to: pause[1], reason: "upgrade" }];
          const facts = factsOf({ missed: missed.filter(([from, to]) => from <= to), pauses });

          const { past } = await pastOf(facts);

          const { markOf } = createTimeline({ ...historyOf(facts), pauses }, NOW, RULES);
          const runs: { from: string; to: string }[] = [];
          for (const minute of minutesFrom(BORN, "2026-11-23T22:40Z")) {
            if (markOf(toIndex(minute)) !== "missed") continue;
            const run = runs.at(-1);
            if (run?.to === minuteBefore(minute)) run.to = minute;
            else runs.push({ from: minute, to: minute });
          }
          expect(past.outages.map(({ from, to }) => ({ from, to }))).toEqual(runs.reverse());
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe("the plan of what to read", () => {
  const day = (from: string, missed: number, beaten = 1_440 - missed) => ({ from, beaten, missed });

  test("contains neither today, nor a day without a miss, nor a day on which everything was missed", () => {
    const days = [
      day("2026-11-19", 0),
      day("2026-11-20", 1),
      day("2026-11-21", 1_440),
      day("2026-11-22", 1_439),
      day("2026-11-23", 5),
    ];

    expect(planReads(days, 1_440)).toEqual({ days: ["2026-11-22", "2026-11-20"], since: "2026-11-19" });
  });

  test(`contains at most ${MAX_READ_DAYS} days`, () => {
    const days = Array.from({ length: 14 }, (_, n) => day(`2026-11-${String(n + 10)}`, 1));

    expect(planReads(days, 1_440)).toEqual({
      days: days
        .slice(3, 13)
        .map(({ from }) => from)
        .reverse(),
      since: "2026-11-13",
    });
  });
});

test("the outages begin on the day after the first known pause, because earlier pauses of that day are unknown", async () => {
  const pauses = [{ from: "2026-11-20T09:00Z", to: "2026-11-20T09:59Z", reason: "before the known ones" }];
  const facts = factsOf({ missed: [["2026-11-20T11:00Z", "2026-11-20T11:00Z"]], pauses });
  const past = async () => ({
    minutes: historyOf(facts).minutes,
    pauses: [],
    pausesKnownFrom: "2026-11-20T12:00Z",
  });

  const { outages, since } = await readPast({ past }, historyOf(facts), NOW, RULES);

  expect({ outages, since }).toEqual({ outages: [], since: "2026-11-21" });
});
