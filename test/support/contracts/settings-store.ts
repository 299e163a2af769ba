import { describe, expect, test } from "vitest";
import type { BeatStore } from "../../../lib/domain/beat-store.ts";
import type { SettingsStore } from "../../../lib/domain/settings-store.ts";
import { onDay } from "../fixtures/store-on-day.ts";

const DAY = "2026-11-23";
const on = (time: string) => `${DAY}T${time}Z`;

/** What every store of settings keeps, and of beats where there are pauses. Each test gets an empty one. */
export const testSettingsStore = (createStore: () => Promise<BeatStore & SettingsStore>): void => {
  const heart = async () => onDay(DAY, await createStore());

  test("is at version 0 and knows of nothing before the first change", async () => {
    const { store } = await heart();

    expect(await store.settings()).toEqual({
      version: 0,
      changeInfo: undefined,
      thresholds: {},
      pause: undefined,
      pauses: [],
      covered: undefined,
      pauseContext: { born: undefined, newest: undefined, openFrom: undefined, lastPaused: undefined },
    });
    expect(await store.thresholds()).toEqual({});
  });

  test("keeps whose change the last was, of which version, and the rules until they are the stage's again", async () => {
    const { store, ask } = await heart();

    await ask("22:40:10.123", { lateAfter: 180, by: "ann" });
    const one = await store.settings();
    await ask("22:41", { lateAfter: null, downAfter: 600 });
    const two = await store.settings();

    expect([one.version, one.thresholds, one.changeInfo]).toEqual([
      1,
      { lateAfter: 180 },
      { time: "2026-11-23T22:40:10.123Z", requestId: "request-22:40:10.123", by: "ann" },
    ]);
    expect([two.version, two.thresholds, two.changeInfo]).toEqual([
      2,
      { downAfter: 600 },
      { time: "2026-11-23T22:41:00.000Z", requestId: "request-22:41" },
    ]);
    expect(await store.thresholds()).toEqual({ downAfter: 600 });
    const stretch = { days: { from: DAY, to: DAY } };
    expect([
      (await store.read({ minutes: { from: "" }, days: { from: "" } })).thresholds,
      (await store.read(stretch)).thresholds,
    ]).toEqual([{ downAfter: 600 }, { downAfter: 600 }]);
  });

  test("counts no minute from the pause to the resume, both included, whenever it comes, and each other one", async () => {
    const { beat, pause, resume, store } = await heart();
    await beat("22:40");
    await pause("22:41:20");

    const during = [await beat("22:41"), await beat("22:42"), await beat("22:43")];
    await resume("22:43:30");
    const after = [
      await beat("22:41", "22:50"),
      await beat("22:43", "22:50"),
      await beat("22:44"),
      await beat("22:43", "22:51"),
      await beat("22:40", "22:51"),
    ];

    expect(during).toEqual(["covered", "covered", "covered"]);
    expect(after).toEqual(["covered", "covered", "counted", "covered", "duplicate"]);
    expect(await store.count()).toBe(2);
  });

  test("begins a pause after the newest beaten minute, though that is this one", async () => {
    const { beat, pause, read } = await heart();
    await beat("22:40");
    await beat("22:41");

    const { pause: told } = await pause("22:41:20");

    expect(told).toEqual({ from: on("22:42"), reason: "database upgrade" });
    expect(await beat("22:41")).toBe("duplicate");
    expect(await beat("22:42")).toBe("covered");
    expect((await read()).pauses).toEqual([{ from: on("22:42"), reason: "database upgrade" }]);
  });

  test("begins a pause, by a clock that is behind, after a minute that has beaten before the heart was born", async () => {
    const { beat, pause } = await heart();
    await beat("22:40", "22:41:10");

    const { pause: told } = await pause("22:40:50");

    expect(told?.from).toBe(on("22:41"));
    expect(await beat("22:40")).toBe("duplicate");
    expect(await beat("22:41")).toBe("covered");
  });

  test("ends a pause with the minute whose tick was answered as paused after the resume read the clock", async () => {
    const { store, beat, pause, read } = await heart();
    await beat("22:40");
    await pause("22:41:10");
    const outcomes: string[] = [];
    const racing: BeatStore & SettingsStore = {
      ...store,
      async change(seen, change) {
        if (outcomes.length === 0) outcomes.push(await beat("22:45"));
        return store.change(seen, change);
      },
    };

    await onDay(DAY, racing).resume("22:44:59.900");

    expect(outcomes).toEqual(["covered"]);
    expect((await read()).pauses).toEqual([{ from: on("22:41"), to: on("22:45") }]);
    expect(await beat("22:46")).toBe("counted");
  });

  test("ends a pause with a minute that was answered as paused before it began, by a clock that is behind", async () => {
    const { beat, pause, resume, read } = await heart();
    await beat("22:40");
    await pause("22:41:10");
    await beat("22:43", "22:42:10");
    await beat("22:42");

    await resume("22:42:30");

    expect((await read()).pauses).toEqual([{ from: on("22:41"), to: on("22:43") }]);
    expect([await beat("22:43"), await beat("22:44")]).toEqual(["covered", "counted"]);
  });

  test("counts a minute whose tick comes after the resume of the minute before, in a later pause too", async () => {
    const { beat, pause, resume, read } = await heart();
    await pause("22:41:10");
    await beat("22:44");
    await resume("22:44:59.900");
    const outcome = await beat("22:45");
    await pause("22:50");

    await resume("22:51");

    expect(outcome).toBe("counted");
    expect((await read()).pauses).toEqual([
      { from: on("22:41"), to: on("22:44") },
      { from: on("22:50"), to: on("22:51") },
    ]);
  });

  test("counts during a pause what comes late from before it", async () => {
    const { beat, pause, resume } = await heart();
    await beat("22:38");
    await beat("22:40");
    await pause("22:42:10");

    const late = [
      await beat("22:39", "22:42:30"),
      await beat("22:41", "22:42:30"),
      await beat("21:00", "22:42:30"),
    ];
    await resume("22:45:10");

    expect(late).toEqual(["counted", "counted", "counted"]);
    expect(await beat("22:37", "22:46")).toBe("counted");
  });

  test("remembers each earlier pause", async () => {
    const { beat, pause, resume } = await heart();
    await beat("22:00");
    for (const [from, to] of [
      ["22:02", "22:03"],
      ["22:06", "22:06:30"],
      ["22:10", "22:12"],
    ] as const) {
      await pause(from);
      await resume(to);
    }

    const minutes = [
      "22:01",
      "22:02",
      "22:03",
      "22:04",
      "22:05",
      "22:06",
      "22:07",
      "22:09",
      "22:10",
      "22:12",
      "22:13",
    ];
    const outcomes = [];
    for (const minute of minutes) outcomes.push([minute, await beat(minute, "22:30")]);

    expect(outcomes.filter(([, outcome]) => outcome === "covered").map(([minute]) => minute)).toEqual([
      ...["22:02", "22:03", "22:06", "22:10", "22:12"],
    ]);
  });

  test("keeps no minute from beating for a pause that is ended before its first", async () => {
    const { beat, pause, resume, read } = await heart();
    await beat("22:40");

    await pause("22:40:10");
    await resume("22:40:20");
    await pause("22:40:30", "another");
    await resume("22:40:40");
    const { covered, pauses } = await read();

    expect([covered, pauses]).toEqual([0, []]);
    expect(await beat("22:41")).toBe("counted");
  });

  test("tells of the last pause that covers a minute however long ago it ended, since ages run from there", async () => {
    const { beat, pause, resume, store } = await heart();
    await beat("22:30");
    await pause("22:41");
    await resume("22:42");
    const later = onDay("2026-12-03", store);

    await later.ask("22:43", { lateAfter: 180 });
    const { pauses: after } = await store.read({ minutes: { from: "" }, days: { from: "" } });
    await later.pause("22:44", "again");
    const { pauses: during } = await store.read({ minutes: { from: "" }, days: { from: "" } });

    const last = { from: on("22:41"), to: on("22:42") };
    expect(after).toEqual([last]);
    expect(during).toEqual([last, { from: "2026-12-03T22:44Z", reason: "again" }]);
  });

  test("lets a second pause begin in the minute in which the first was ended, after it", async () => {
    const { beat, pause, resume, read } = await heart();
    await beat("22:40");
    await pause("22:41");
    await resume("22:42:10");

    const { pause: second } = await pause("22:42:30", "again");
    await resume("22:44");

    expect(second).toEqual({ from: on("22:43"), reason: "again" });
    expect((await read()).pauses).toEqual([
      { from: on("22:41"), to: on("22:42") },
      { from: on("22:43"), to: on("22:44") },
    ]);
    expect((await read()).covered).toBe(4);
  });

  test("sums the minutes that ended pauses cover, by day too, since the heart was born", async () => {
    const { beat, pause, resume, store } = await heart();
    await pause("20:00");
    await resume("20:09");
    await beat("22:40");
    await pause("22:50");
    const before = await store.read({ minutes: { from: "" }, days: { from: DAY } });
    await onDay("2026-11-25", store).resume("00:01");

    const after = await store.read({ minutes: { from: "" }, days: { from: DAY } });

    expect([before.covered, before.days.get(DAY)?.covered]).toEqual([0, 0]);
    expect([after.covered, ...[...after.days].sort().map(([day, { covered }]) => [day, covered])]).toEqual([
      70 + 1_440 + 2,
      ...[
        [DAY, 70],
        ["2026-11-24", 1_440],
        ["2026-11-25", 2],
      ],
    ]);
  });

  test.each([
    ["by a beat of after it, of a clock that is behind", "22:43", "22:41:30", 2],
    ["by an old beat that is recorded in its last minute", "22:30", "22:42:30", 1],
    ["by an old beat that is recorded after it", "22:30", "22:43:00", 0],
  ])(
    "sums what an ended pause covers of the life of a heart that is born %s",
    async (_, minute, recordedAt, sum) => {
      const { beat, pause, resume, read } = await heart();
      await pause("22:40");
      await resume("22:42:10");

      expect(await beat(minute, recordedAt)).toBe("counted");

      const { covered, days } = await read();
      expect([covered, days.get(DAY)?.covered]).toEqual([sum, sum]);
    },
  );

  test.each([
    ["goes on", []],
    ["was ended before its first minute", ["22:42:25"]],
  ])(
    "sums what an ended pause covers of the life of a heart that is born after another, which %s",
    async (_, ends) => {
      const { beat, pause, resume, read } = await heart();
      await pause("22:40");
      await resume("22:42:10");
      await pause("22:42:20");
      for (const time of ends) await resume(time);

      expect(await beat("22:30", "22:42:30")).toBe("counted");

      const { covered, days } = await read();
      expect([covered, days.get(DAY)?.covered]).toEqual([1, 1]);
    },
  );

  test("has a heart that is born during a pause covered from its birth on", async () => {
    const { beat, pause, resume, read } = await heart();
    await pause("22:40");
    const outcome = await beat("22:30", "22:45:30");
    await resume("22:47");

    expect(outcome).toBe("counted");
    expect((await read()).covered).toBe(3);
  });

  test("tells of a stretch of the past its pauses, and the one that goes on", async () => {
    const { beat, pause, resume, store } = await heart();
    await beat("10:00");
    for (const [from, to] of [
      ["11:00", "11:09"],
      ["12:00", "12:09"],
      ["14:00", "14:09"],
    ] as const) {
      await pause(from);
      await resume(to);
    }
    await pause("20:00");

    const { pauses } = await store.read({ minutes: { from: on("11:05"), to: on("12:00") } });

    expect(pauses.slice(0, 2)).toEqual([
      { from: on("11:00"), to: on("11:09") },
      { from: on("12:00"), to: on("12:09") },
    ]);
    expect(pauses.at(-1)).toEqual({ from: on("20:00"), reason: "database upgrade" });
  });

  describe("refuses a change of settings that were changed meanwhile", () => {
    const signature = { time: "2026-11-23T22:41:00.000Z", requestId: "late" };
    const ended = { from: on("22:41"), to: on("22:45") };

    test.each([
      ["of rules, after rules", { thresholds: { lateAfter: 300 } }, { lateAfter: 180 }],
      ["of rules, after a pause", { thresholds: { lateAfter: 300 } }, { pause: "first" }],
      ["to pause, after a pause", { begun: { from: on("22:41"), reason: "second" } }, { pause: "first" }],
    ])("%s", async (_, change, meanwhile) => {
      const { store, ask } = await heart();
      const seen = await store.settings();
      await ask("22:40:30", meanwhile);
      const before = await store.settings();

      expect(await store.change(seen, { changeInfo: signature, ...change })).toBe("conflict");

      expect(await store.settings()).toEqual(before);
    });

    test("of rules, after a birth that brought covered minutes into the sums", async () => {
      const { store, beat, pause, resume, read } = await heart();
      await pause("22:40");
      await resume("22:42:10");
      const seen = await store.settings();
      await beat("22:30", "22:41:30");

      expect(await store.change(seen, { changeInfo: signature, thresholds: { lateAfter: 300 } })).toBe(
        "conflict",
      );

      expect((await read()).covered).toBe(2);
    });

    test("to resume, after a resume", async () => {
      const { store, beat, pause, resume } = await heart();
      await beat("22:40");
      await pause("22:41");
      const seen = await store.settings();
      await resume("22:43");

      expect(await store.change(seen, { changeInfo: signature, ended })).toBe("conflict");

      expect((await store.read({ minutes: { from: "" }, days: { from: "" } })).covered).toBe(3);
    });

    test("to resume, after a minute was answered as paused", async () => {
      const { store, beat, pause } = await heart();
      await pause("22:41");
      const seen = await store.settings();
      await beat("22:46");

      expect(await store.change(seen, { changeInfo: signature, ended })).toBe("conflict");
    });

    test("to resume, of a heart that was born meanwhile: what the pause covers of its life is not summed", async () => {
      const { store, beat, pause, resume, read } = await heart();
      await pause("22:41");
      const seen = await store.settings();
      await beat("22:30", "22:43:10");

      expect(await store.change(seen, { changeInfo: signature, ended })).toBe("conflict");

      await resume("22:45");
      expect((await read()).covered).toBe(3);
    });

    test("to pause from a minute that has beaten meanwhile", async () => {
      const { store, beat } = await heart();
      await beat("22:40");
      const seen = await store.settings();
      await beat("22:41");

      expect(
        await store.change(seen, { changeInfo: signature, begun: { from: on("22:41"), reason: "late" } }),
      ).toBe("conflict");

      expect(await beat("22:42")).toBe("counted");
    });

    test("to pause from a minute that is before the birth of a heart that was born meanwhile", async () => {
      const { store, beat } = await heart();
      const seen = await store.settings();
      await beat("22:30", "22:41");

      expect(
        await store.change(seen, { changeInfo: signature, begun: { from: on("22:40"), reason: "late" } }),
      ).toBe("conflict");
    });
  });

  test("keeps beats and a pause apart that come at once: what is counted is not covered", async () => {
    const { store, beat, pause, resume, read } = await heart();
    await beat("22:00");
    const minutes = Array.from({ length: 20 }, (_, n) => `22:${String(n + 1).padStart(2, "0")}`);

    const [outcomes] = await Promise.all([
      Promise.all(minutes.map((minute) => beat(minute, "22:20:30"))),
      pause("22:10:30").catch(() => undefined),
    ]);
    await resume("22:30").catch(() => undefined);

    const { pauses, minutes: beaten } = await read();
    const [{ from } = { from: on("99:99") }] = pauses;
    expect([...beaten.keys()].filter((minute) => minute >= from)).toEqual([]);
    expect(outcomes.filter((outcome) => outcome === "counted").length + 1).toBe(await store.count());
  });
};
