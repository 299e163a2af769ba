import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromIndex, momentAt, toIndex } from "../../../lib/domain/minute.ts";
import { stateChanges } from "../../../lib/past/changes.ts";
import { readPast } from "../../../lib/past/past.ts";
import { pulse } from "../../../lib/pulse/pulse.ts";
import { type Facts, historyOf, minutesFrom, pastReaderOf } from "../../support/fixtures/history.ts";
import { factsOf, NOW, pastOf, RULES } from "../../support/fixtures/past-facts.ts";

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

  test("are resumed at the start of the slot of the resume, at an interval of an hour", async () => {
    const rules = { lateAfter: 7_230, downAfter: 14_430, every: 60 };
    const facts = {
      born: "2026-11-23T18:00Z",
      beaten: ["2026-11-23T18:00Z", "2026-11-23T19:00Z"],
      pauses: [{ from: "2026-11-23T20:00Z", to: "2026-11-23T22:59Z", reason: "upgrade" }],
    };
    const history = { ...historyOf(facts), slotMinutes: 60 };
    const past = await readPast({ past: pastReaderOf(facts) }, history, NOW, rules);

    expect(stateChanges(past, NOW, rules)).toEqual([
      { kind: "resumed", at: "2026-11-23T22:00:00Z", minute: "2026-11-23T20:00Z", seconds: 7_200 },
      { kind: "paused", at: "2026-11-23T20:00:00Z", minute: "2026-11-23T20:00Z", reason: "upgrade" },
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
