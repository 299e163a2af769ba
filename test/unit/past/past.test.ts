import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PastRange } from "../../../lib/domain/beat-store.ts";
import { fromIndex, minuteBefore, momentAt, toIndex } from "../../../lib/domain/minute.ts";
import { createTimeline } from "../../../lib/domain/timeline.ts";
import { stateChanges } from "../../../lib/past/changes.ts";
import { MAX_READ_DAYS, planReads } from "../../../lib/past/outages.ts";
import { readPast } from "../../../lib/past/past.ts";
import { pulse, snapshotRange } from "../../../lib/pulse/pulse.ts";
import {
  type Facts,
  historyOf,
  minutesFrom,
  pastReaderOf,
  readerOf,
} from "../../support/fixtures/history.ts";

const RULES = { lateAfter: 150, downAfter: 270, every: 1 };
const BORN = "2026-11-01T00:00Z";
const NOW = Date.parse("2026-11-23T22:40:34Z");

const isWithin = (minute: string, [from, to]: readonly [string, string]) => from <= minute && minute <= to;

/** Every minute from `BORN` to now is beaten, except the missed and the paused ones. */
const factsOf = ({
  missed = [],
  pauses = [],
  newest = "2026-11-23T22:40Z",
}: {
  missed?: readonly (readonly [string, string])[];
  pauses?: readonly { from: string; to?: string; reason: string }[];
  newest?: string;
}): Facts => ({
  born: BORN,
  beaten: minutesFrom(BORN, newest).filter(
    (minute) =>
      !missed.some((gap) => isWithin(minute, gap)) &&
      !pauses.some(({ from, to = "9999" }) => isWithin(minute, [from, to])),
  ),
  pauses,
});

const storeOf = (facts: Facts) => {
  const reads: string[][] = [];
  return {
    reads,
    past: (range: PastRange) => {
      reads.push([...range.days]);
      return pastReaderOf(facts)(range);
    },
  };
};

const pastOf = async (facts: Facts, now = NOW) => {
  const store = storeOf(facts);
  const history = readerOf(facts)(snapshotRange(now, RULES));
  return { past: await readPast(store, history, now, RULES), reads: store.reads.flat() };
};

const outagesIn = async (...missed: (readonly [string, string])[]) =>
  (await pastOf(factsOf({ missed }))).past.outages;

describe("outages", () => {
  test("are none when no minute was missed, and no day is read", async () => {
    const { past, reads } = await pastOf(factsOf({}));

    expect({ outages: past.outages, since: past.since, reads }).toEqual({
      outages: [],
      since: "2026-08-26",
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

describe("state changes", () => {
  const changesIn = async (facts: Facts, now = NOW) =>
    stateChanges((await pastOf(facts, now)).past, now, RULES);

  test("are none for a gap that is shorter than downAfter", async () => {
    expect(await changesIn(factsOf({ missed: [["2026-11-21T10:00Z", "2026-11-21T10:02Z"]] }))).toEqual([]);
  });

  test("are down after downAfter and recovered when the next beat was recorded", async () => {
    const facts = factsOf({ missed: [["2026-11-21T10:00Z", "2026-11-21T10:03Z"]] });

    expect(await changesIn(facts)).toEqual([
      { kind: "recovered", at: "2026-11-21T10:04:00Z", minute: "2026-11-21T10:00Z", seconds: 300 },
      { kind: "down", at: "2026-11-21T10:03:30Z", minute: "2026-11-21T10:00Z" },
    ]);
  });

  test("are recovered by a later minute that was recorded before the next one", async () => {
    const { beaten = [], ...facts } = factsOf({ missed: [["2026-11-21T10:00Z", "2026-11-21T10:09Z"]] });
    const late = beaten.map((each) => (each === "2026-11-21T10:10Z" ? ([each, 180_000] as const) : each));

    expect(await changesIn({ ...facts, beaten: late })).toMatchObject([
      { kind: "recovered", at: "2026-11-21T10:11:00Z", seconds: 720 },
      { kind: "down", at: "2026-11-21T10:03:30Z" },
    ]);
  });

  test("are down without an end while the outage is ongoing", async () => {
    expect(await changesIn(factsOf({ newest: "2026-11-20T09:59Z" }))).toEqual([
      { kind: "down", at: "2026-11-20T10:03:30Z", minute: "2026-11-20T10:00Z" },
    ]);
  });

  test("are paused with the reason and resumed, and a pause ends a downtime without a recovery", async () => {
    const facts = factsOf({
      missed: [["2026-11-21T10:00Z", "2026-11-21T10:29Z"]],
      pauses: [
        { from: "2026-11-21T10:30Z", to: "2026-11-21T11:00Z", reason: "database upgrade" },
        { from: "2026-11-23T22:41Z", reason: "again" },
      ],
    });

    expect(await changesIn(facts)).toEqual([
      { kind: "paused", at: "2026-11-23T22:41:00Z", minute: "2026-11-23T22:41Z", reason: "again" },
      { kind: "resumed", at: "2026-11-21T11:00:00Z", minute: "2026-11-21T10:30Z", seconds: 1_800 },
      { kind: "paused", at: "2026-11-21T10:30:00Z", minute: "2026-11-21T10:30Z", reason: "database upgrade" },
      { kind: "down", at: "2026-11-21T10:03:30Z", minute: "2026-11-21T10:00Z" },
    ]);
  });

  test("are recovered at the start of the next day if that day has no miss, because it is not read", async () => {
    const facts = factsOf({ missed: [["2026-11-20T10:00Z", "2026-11-20T23:59Z"]] });

    expect(await changesIn(facts)).toMatchObject([
      { kind: "recovered", at: "2026-11-21T00:00:00Z", seconds: 14 * 3_600 + 60 },
      { kind: "down" },
    ]);
  });

  test("agree with the state of /status at every second around a random outage", async () => {
    const born = "2026-11-23T21:50Z";
    const from = toIndex("2026-11-23T22:00Z");
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 0, max: 59 }),
        async (length, second) => {
          const next = fromIndex(from + length);
          const beaten = minutesFrom(born, "2026-11-23T22:40Z")
            .filter((minute) => toIndex(minute) < from || minute >= next)
            .map((minute): [string, number] => [minute, minute === next ? second * 1_000 : 0]);
          const observed: { kind: string; at: string }[] = [];
          let last = "up";
          for (let time = from * 60_000; time <= (from + 20) * 60_000; time += 1_000) {
            const known = beaten.filter(([minute, lateness]) => Date.parse(minute) + lateness <= time);
            const { state } = pulse(historyOf({ born, beaten: known }), time, RULES);
            const at = momentAt(time);
            if (state === "down" && last !== "down") observed.unshift({ kind: "down", at });
            if (state !== "down" && last === "down") observed.unshift({ kind: "recovered", at });
            last = state;
          }

          const changes = await changesIn({ born, beaten });

          expect(changes.map(({ kind, at }) => ({ kind, at }))).toEqual(observed);
        },
      ),
      { numRuns: 8 },
    );
  });
});
