import { describe, expect, test } from "vitest";
import type { BeatStore, HistoryRange } from "../../../lib/domain/beat-store.ts";
import { startOf } from "../../../lib/domain/minute.ts";

const beatOf = (minute: string, lateness = 1_000) => ({ minute, recordedAt: startOf(minute) + lateness });

/** The contract of every beat store. Each test gets an empty one. */
export const testBeatStore = (createStore: () => Promise<BeatStore>): void => {
  test("counts nothing before the first beat", async () => {
    const store = await createStore();

    expect(await store.count()).toBe(0);
  });

  test("counts a minute once and returns duplicate for every later delivery", async () => {
    const store = await createStore();

    const outcomes = [
      await store.record(beatOf("2026-11-23T22:40Z")),
      await store.record(beatOf("2026-11-23T22:40Z")),
      await store.record(beatOf("2026-11-23T22:40Z", 3_600_000)),
    ];

    expect(outcomes).toEqual(["counted", "duplicate", "duplicate"]);
    expect(await store.count()).toBe(1);
  });

  test("counts two minutes in either order", async () => {
    const store = await createStore();

    const outcomes = [
      await store.record(beatOf("2026-11-23T22:41Z")),
      await store.record(beatOf("2026-11-23T22:40Z", 65_000)),
      await store.record(beatOf("2026-11-23T22:41Z", 70_000)),
      await store.record(beatOf("2026-11-23T22:40Z", 130_000)),
    ];

    expect(outcomes).toEqual(["counted", "counted", "duplicate", "duplicate"]);
    expect(await store.count()).toBe(2);
  });

  test("counts a minute that is delivered years after its successors", async () => {
    const store = await createStore();

    await store.record(beatOf("2026-11-23T22:40Z"));
    const outcome = await store.record(beatOf("2018-08-20T14:38Z", 8 * 365 * 86_400_000));

    expect(outcome).toBe("counted");
    expect(await store.count()).toBe(2);
  });

  test("counts the same minute of different hours, days, months and years separately", async () => {
    const store = await createStore();
    const minutes = ["2026-11-23T22:40Z", "2026-11-23T23:40Z", "2026-11-24T22:40Z", "2026-12-23T22:40Z"];

    for (const minute of [...minutes, "2027-11-23T22:40Z"]) await store.record(beatOf(minute));

    expect(await store.count()).toBe(5);
  });

  test("counts one of many concurrent deliveries of a minute", async () => {
    const store = await createStore();

    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, n) => store.record(beatOf("2026-11-23T22:40Z", n))),
    );

    expect(outcomes.filter((outcome) => outcome === "counted")).toEqual(["counted"]);
    expect(await store.count()).toBe(1);
  });

  test("counts all of many concurrent minutes", async () => {
    const store = await createStore();
    const minutes = Array.from({ length: 40 }, (_, n) => `2026-11-23T22:${String(n + 10)}Z`);

    const outcomes = await Promise.all(minutes.map((minute) => store.record(beatOf(minute))));

    expect(new Set(outcomes)).toEqual(new Set(["counted"]));
    expect(await store.count()).toBe(40);
  });

  test("lookUp returns undefined for a minute that is not stored, and stores nothing", async () => {
    const store = await createStore();
    const late = beatOf("2018-08-20T14:38Z", 8 * 365 * 86_400_000);

    const before = [await store.lookUp(beatOf("2026-11-23T22:40Z")), await store.lookUp(late)];
    await store.record(beatOf("2026-11-23T22:41Z"));
    await store.record(beatOf("2026-11-24T22:40Z"));

    expect(before).toEqual([undefined, undefined]);
    expect([await store.lookUp(beatOf("2026-11-23T22:40Z")), await store.lookUp(late)]).toEqual(before);
    expect(await store.count()).toBe(2);
    expect(await store.record(beatOf("2026-11-23T22:40Z"))).toBe("counted");
  });

  test.each([
    ["at once", 1_000],
    ["an hour later", 3_600_000],
    ["two hours later", 7_200_000],
    ["years later", 8 * 365 * 86_400_000],
    ["by a clock that is behind", -60_000],
  ])("lookUp returns duplicate for a stored minute that is delivered again %s", async (_, lateness) => {
    const store = await createStore();
    for (const minute of ["2018-08-20T14:38Z", "2018-08-20T15:38Z", "2018-08-20T16:39Z", "2026-11-23T22:40Z"])
      await store.record(beatOf(minute));

    expect(await store.lookUp(beatOf("2018-08-20T14:38Z", lateness))).toBe("duplicate");
    expect(await store.lookUp(beatOf("2018-08-20T14:39Z", lateness))).toBeUndefined();
  });

  test("reads an empty history before the first beat", async () => {
    const store = await createStore();

    const history = await store.read({
      minutes: { from: "2026-11-22T22:41Z" },
      days: { from: "2026-08-26" },
    });

    expect(history).toEqual({
      beats: 0,
      early: 0,
      covered: 0,
      born: undefined,
      newest: undefined,
      minutes: new Map(),
      days: new Map(),
      pauses: [],
      thresholds: {},
    });
  });

  test("reads minutes with their lateness, days with their sums, and the totals", async () => {
    const store = await createStore();
    const recordedAt = Date.parse("2026-11-23T22:39:10Z");
    await store.record({ minute: "2026-11-23T22:39Z", recordedAt });
    await store.record(beatOf("2026-11-23T22:42Z", 48));
    await store.record(beatOf("2026-11-23T22:41Z", 65_000));
    // Before the first minute.
    await store.record(beatOf("2026-11-23T22:38Z", 900_000));
    await store.record(beatOf("2026-11-21T12:00Z", 900_000));
    await store.record(beatOf("2018-08-20T14:38Z", 900_000));

    const history = await store.read({
      minutes: { from: "2026-11-23T22:38Z" },
      days: { from: "2026-11-21" },
    });

    expect(history).toEqual({
      beats: 6,
      early: 3,
      covered: 0,
      born: "2026-11-23T22:39Z",
      newest: "2026-11-23T22:42Z",
      minutes: new Map([
        ["2026-11-23T22:38Z", 900_000],
        ["2026-11-23T22:39Z", 10_000],
        ["2026-11-23T22:41Z", 65_000],
        ["2026-11-23T22:42Z", 48],
      ]),
      days: new Map([
        ["2026-11-21", { beats: 1, early: 1, covered: 0 }],
        ["2026-11-23", { beats: 4, early: 1, covered: 0 }],
      ]),
      pauses: [],
      thresholds: {},
    });
  });

  test("reads no minute and no day before the range", async () => {
    const store = await createStore();
    for (const minute of ["2026-10-31T23:59Z", "2026-11-01T00:00Z", "2026-11-23T22:40Z", "2026-11-23T22:41Z"])
      await store.record(beatOf(minute));

    const { minutes, days } = await store.read({
      minutes: { from: "2026-11-23T22:41Z" },
      days: { from: "2026-11-01" },
    });

    expect([...minutes.keys()]).toEqual(["2026-11-23T22:41Z"]);
    expect([...days.keys()].sort()).toEqual(["2026-11-01", "2026-11-23"]);
  });

  test("sets born to the minute of the first recording, and has no newest minute while all beats are older", async () => {
    const store = await createStore();
    await store.record(beatOf("2026-11-23T22:40Z", 3_600_000));

    const { beats, early, born, newest } = await store.read({
      minutes: { from: "2026-11-23T22:41Z" },
      days: { from: "2026-11-23" },
    });

    expect({ beats, early, born, newest }).toEqual({
      beats: 1,
      early: 1,
      born: "2026-11-23T23:40Z",
      newest: undefined,
    });
  });

  describe("a beat under another interval", () => {
    const under = (every: number, minute: string, recordedAt = minute) => ({
      ...{ minute: `2026-11-23T${minute}Z`, recordedAt: Date.parse(`2026-11-23T${recordedAt}Z`), every },
    });
    const statisticsOf = async (store: BeatStore) => {
      const { beats, early, born, newest, slotMinutes, days } = await store.read({
        days: { from: "2026-11-23" },
      });
      return { beats, early, born, newest, slotMinutes, days: [...days.values()] };
    };

    test("goes on counting and begins the statistics anew, and again when the interval changes back", async () => {
      const store = await createStore();
      for (const minute of ["22:03", "22:04"]) await store.record(under(1, minute));

      await store.record(under(5, "22:05"));
      await store.record(under(5, "22:10"));
      const five = await statisticsOf(store);
      await store.record(under(1, "22:12"));

      expect(five).toEqual({
        ...{ beats: 4, early: 2, born: "2026-11-23T22:05Z", newest: "2026-11-23T22:10Z", slotMinutes: 5 },
        days: [{ beats: 4, early: 2, covered: 0 }],
      });
      expect(await statisticsOf(store)).toEqual({
        ...{ beats: 5, early: 4, born: "2026-11-23T22:12Z", newest: "2026-11-23T22:12Z" },
        ...{ slotMinutes: undefined, days: [{ beats: 5, early: 4, covered: 0 }] },
      });
    });

    test("sets born after every counted minute, and is early itself if its slot is before", async () => {
      const store = await createStore();
      for (const minute of ["21:59", "22:03", "22:04"]) await store.record(under(1, minute));

      const outcome = await store.record(under(5, "22:00", "22:04"));

      expect(outcome).toBe("counted");
      expect(await statisticsOf(store)).toEqual({
        ...{ beats: 4, early: 4, born: "2026-11-23T22:05Z", newest: undefined, slotMinutes: 5 },
        days: [{ beats: 4, early: 4, covered: 0 }],
      });
    });

    test("of a slot before born is early and changes nothing else", async () => {
      const store = await createStore();
      await store.record(under(5, "22:05"));

      const outcome = await store.record(under(1, "22:03", "22:06"));

      expect(outcome).toBe("counted");
      expect(await statisticsOf(store)).toEqual({
        ...{ beats: 2, early: 1, born: "2026-11-23T22:05Z", newest: "2026-11-23T22:05Z", slotMinutes: 5 },
        days: [{ beats: 2, early: 1, covered: 0 }],
      });
    });

    test("counts once when many deliveries change the interval at the same moment", async () => {
      const store = await createStore();
      await store.record(under(1, "22:04"));

      const outcomes = await Promise.all(Array.from({ length: 4 }, () => store.record(under(5, "22:05"))));

      expect(outcomes.filter((outcome) => outcome === "counted")).toEqual(["counted"]);
      expect(await statisticsOf(store)).toMatchObject({ beats: 2, early: 1, born: "2026-11-23T22:05Z" });
    });
  });

  describe("read with an upper bound", () => {
    const minutes = ["2025-10-31T23:59Z", "2025-11-01T00:00Z", "2025-11-01T00:59Z", "2025-11-01T01:00Z"];
    const filled = async () => {
      const store = await createStore();
      for (const minute of [...minutes, "2026-11-23T22:40Z"]) await store.record(beatOf(minute));
      await store.record(beatOf("2025-10-31T23:57Z", 400_000_000));
      return store;
    };

    test("returns born and the minutes with their lateness, both ends included", async () => {
      const history = await readPart(await filled(), {
        minutes: { from: "2025-11-01T00:00Z", to: "2025-11-01T01:00Z" },
      });

      expect(history).toEqual({
        born: "2025-10-31T23:59Z",
        minutes: new Map(minutes.slice(1).map((minute) => [minute, 1_000])),
        days: new Map(),
        pauses: [],
        thresholds: {},
      });
    });

    test("returns the sums of the days, both ends included, of any month", async () => {
      const history = await readPart(await filled(), { days: { from: "2025-10-31", to: "2025-11-30" } });

      expect(history).toEqual({
        born: "2025-10-31T23:59Z",
        minutes: new Map(),
        days: new Map([
          ["2025-10-31", { beats: 2, early: 1, covered: 0 }],
          ["2025-11-01", { beats: 3, early: 0, covered: 0 }],
        ]),
        pauses: [],
        thresholds: {},
      });
    });

    test("reads minutes and days of different ranges, and nothing from an empty store", async () => {
      const store = await filled();
      const range = {
        minutes: { from: "2025-10-31T23:58Z", to: "2025-10-31T23:59Z" },
        days: { from: "2025-11-02", to: "2026-11-22" },
      };

      expect(await store.read(range)).toMatchObject({
        minutes: new Map([["2025-10-31T23:59Z", 1_000]]),
        days: new Map(),
      });
      expect(await readPart(await createStore(), range)).toEqual({
        born: undefined,
        minutes: new Map(),
        days: new Map(),
        pauses: [],
        thresholds: {},
      });
    });
  });
};

/** The parts of a history that depend on the range. */
const readPart = async (store: BeatStore, range: HistoryRange) => {
  const { born, minutes, days, pauses, thresholds } = await store.read(range);
  return { born, minutes, days, pauses, thresholds };
};
