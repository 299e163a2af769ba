import { describe, expect, test } from "vitest";
import type { BeatStore } from "../../../lib/domain/beat-store.ts";
import { startOf } from "../../../lib/domain/minute.ts";
import type { SettingsStore } from "../../../lib/domain/settings-store.ts";
import { settingsOnDay } from "../fixtures/settings-on-day.ts";

const DAY = "2026-11-23";
const on = (time: string) => `${DAY}T${time}Z`;

/** The contract of every settings store, and of the beat store with pauses. Each test gets empty ones. */
export const testSettingsStore = (createStore: () => Promise<BeatStore & SettingsStore>): void => {
  const heart = async () => settingsOnDay(DAY, await createStore());

  test("has version 0 and no settings before the first change", async () => {
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

  test("stores version and author of the last change, and thresholds until they are reset", async () => {
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
    const range = { days: { from: DAY, to: DAY } };
    expect([
      (await store.read({ minutes: { from: "" }, days: { from: "" } })).thresholds,
      (await store.read(range)).thresholds,
    ]).toEqual([{ downAfter: 600 }, { downAfter: 600 }]);
  });

  test("lookUp returns covered for the minutes of every pause, and never for another minute", async () => {
    const { beat, pause, resume, lookUp } = await heart();
    await beat("22:30");
    await pause("22:32");
    await resume("22:33");
    await beat("22:35");
    await pause("22:37");
    await resume("22:38");
    await pause("22:40");

    const times = ["22:30", "22:31", "22:32", "22:33", "22:34", "22:36", "22:37", "22:38", "22:39", "22:40"];
    const lookUps = [];
    for (const time of [...times, "22:45"]) lookUps.push([time, await lookUp(time, "22:45")]);

    expect(lookUps).toEqual([
      ["22:30", "duplicate"],
      ["22:31", undefined],
      ["22:32", "covered"],
      ["22:33", "covered"],
      ["22:34", undefined],
      ["22:36", undefined],
      ["22:37", "covered"],
      ["22:38", "covered"],
      ["22:39", undefined],
      ["22:40", "covered"],
      ["22:45", "covered"],
    ]);
  });

  test("a pause covers each minute that lookUp returned as covered, even if it ends at an earlier clock", async () => {
    const { beat, pause, resume, lookUp } = await heart();
    await beat("22:30");
    await pause("22:40");

    expect(await lookUp("22:43")).toBe("covered");
    await resume("22:41");

    expect([await beat("22:43"), await beat("22:44")]).toEqual(["covered", "counted"]);
  });

  test("never counts a minute that lookUp returned as covered when a resume is concurrent", async () => {
    for (let round = 0; round < 5; round++) {
      const { beat, pause, resume, lookUp } = await heart();
      await beat("22:30");
      await pause("22:31");

      const [looked] = await Promise.all([lookUp("22:40"), resume("22:39")]);

      expect([looked, await beat("22:40")]).toEqual(
        looked === "covered" ? ["covered", "covered"] : [undefined, "counted"],
      );
    }
  });

  test("counts no minute from pause to resume, both included, whenever it is delivered, and counts every other minute", async () => {
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

  test("starts a pause after the newest beaten minute, even if that is the current one", async () => {
    const { beat, pause, read } = await heart();
    await beat("22:40");
    await beat("22:41");

    const { pause: begun } = await pause("22:41:20");

    expect(begun).toEqual({ from: on("22:42"), reason: "database upgrade" });
    expect(await beat("22:41")).toBe("duplicate");
    expect(await beat("22:42")).toBe("covered");
    expect((await read()).pauses).toEqual([{ from: on("22:42"), reason: "database upgrade" }]);
  });

  test("starts a pause at born when its clock is behind and no minute since born is beaten", async () => {
    const { beat, pause } = await heart();
    await beat("22:40", "22:41:10");

    const { pause: begun } = await pause("22:40:50");

    expect(begun?.from).toBe(on("22:41"));
    expect(await beat("22:40")).toBe("duplicate");
    expect(await beat("22:41")).toBe("covered");
  });

  test("ends a pause with the minute that was answered as paused after the resume read the clock", async () => {
    const { store, beat, pause, read } = await heart();
    await beat("22:40");
    await pause("22:41:10");
    const outcomes: string[] = [];
    const concurrent: BeatStore & SettingsStore = {
      ...store,
      async change(seen, change) {
        if (outcomes.length === 0) outcomes.push(await beat("22:45"));
        return store.change(seen, change);
      },
    };

    await settingsOnDay(DAY, concurrent).resume("22:44:59.900");

    expect(outcomes).toEqual(["covered"]);
    expect((await read()).pauses).toEqual([{ from: on("22:41"), to: on("22:45") }]);
    expect(await beat("22:46")).toBe("counted");
  });

  test("ends a pause with a minute that was answered as paused, although the clock of the resume is behind it", async () => {
    const { beat, pause, resume, read } = await heart();
    await beat("22:40");
    await pause("22:41:10");
    await beat("22:43", "22:42:10");
    await beat("22:42");

    await resume("22:42:30");

    expect((await read()).pauses).toEqual([{ from: on("22:41"), to: on("22:43") }]);
    expect([await beat("22:43"), await beat("22:44")]).toEqual(["covered", "counted"]);
  });

  test("counts the minute after a resume, which a later pause does not cover", async () => {
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

  test("counts minutes from before a pause that are delivered during it", async () => {
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

  test("covers the minutes of every earlier pause", async () => {
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
      "22:02",
      "22:03",
      "22:06",
      "22:10",
      "22:12",
    ]);
  });

  test("covers no minute if a pause ends before its first minute", async () => {
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

  test("reads the latest pause that covers a minute however old it is, because ages are measured from its end", async () => {
    const { beat, pause, resume, store } = await heart();
    await beat("22:30");
    await pause("22:41");
    await resume("22:42");
    const later = settingsOnDay("2026-12-03", store);

    await later.ask("22:43", { lateAfter: 180 });
    const { pauses: after } = await store.read({ minutes: { from: "" }, days: { from: "" } });
    await later.pause("22:44", "again");
    const { pauses: during } = await store.read({ minutes: { from: "" }, days: { from: "" } });

    const last = { from: on("22:41"), to: on("22:42") };
    expect(after).toEqual([last]);
    expect(during).toEqual([last, { from: "2026-12-03T22:44Z", reason: "again" }]);
  });

  test("starts a second pause after the last minute of the first, if it begins in that minute", async () => {
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

  test("sums the minutes since born that ended pauses cover, in total and by day", async () => {
    const { beat, pause, resume, store } = await heart();
    await pause("20:00");
    await resume("20:09");
    await beat("22:40");
    await pause("22:50");
    const before = await store.read({ minutes: { from: "" }, days: { from: DAY } });
    await settingsOnDay("2026-11-25", store).resume("00:01");

    const after = await store.read({ minutes: { from: "" }, days: { from: DAY } });

    expect([before.covered, before.days.get(DAY)?.covered]).toEqual([0, 0]);
    expect([after.covered, ...[...after.days].sort().map(([day, { covered }]) => [day, covered])]).toEqual([
      70 + 1_440 + 2,
      [DAY, 70],
      ["2026-11-24", 1_440],
      ["2026-11-25", 2],
    ]);
  });

  test("has no sums of a wholly covered day before the interval changed", async () => {
    const { beat, pause, store } = await heart();
    await beat("22:40");
    await pause("22:50");
    await settingsOnDay("2026-11-25", store).resume("00:01");
    const minute = "2026-11-25T00:05Z";

    expect(await store.record({ minute, recordedAt: startOf(minute), every: 5 })).toBe("counted");

    const { days } = await store.read({ days: { from: DAY } });
    expect(days).toEqual(
      new Map([
        [DAY, { beats: 1, early: 1, covered: 0 }],
        ["2026-11-25", { beats: 1, early: 0, covered: 0 }],
      ]),
    );
  });

  test.each([
    ["a minute after the pause, recorded by a clock that is behind", "22:43", "22:41:30", 2],
    ["an old minute, recorded in the last minute of the pause", "22:30", "22:42:30", 1],
    ["an old minute, recorded after the pause", "22:30", "22:43:00", 0],
  ])(
    "sums the minutes since born that an ended pause covers when the first beat is %s",
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
    ["is open", []],
    ["ended before its first minute", ["22:42:25"]],
  ])("sums the minutes since born that an ended pause covers when the last pause %s", async (_, ends) => {
    const { beat, pause, resume, read } = await heart();
    await pause("22:40");
    await resume("22:42:10");
    await pause("22:42:20");
    for (const time of ends) await resume(time);

    expect(await beat("22:30", "22:42:30")).toBe("counted");

    const { covered, days } = await read();
    expect([covered, days.get(DAY)?.covered]).toEqual([1, 1]);
  });

  test("sums the minutes from born on when the first beat is recorded during a pause", async () => {
    const { beat, pause, resume, read } = await heart();
    await pause("22:40");
    const outcome = await beat("22:30", "22:45:30");
    await resume("22:47");

    expect(outcome).toBe("counted");
    expect((await read()).covered).toBe(3);
  });

  test("reads the pauses of a range with an upper bound, and the open one", async () => {
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

  describe("returns conflict after a concurrent change:", () => {
    const changeInfo = { time: "2026-11-23T22:41:00.000Z", requestId: "late" };
    const ended = { from: on("22:41"), to: on("22:45") };

    test.each([
      ["thresholds, after thresholds", { thresholds: { lateAfter: 300 } }, { lateAfter: 180 }],
      ["thresholds, after a pause", { thresholds: { lateAfter: 300 } }, { pause: "first" }],
      ["pause, after a pause", { begun: { from: on("22:41"), reason: "second" } }, { pause: "first" }],
    ])("%s", async (_, change, meanwhile) => {
      const { store, ask } = await heart();
      const seen = await store.settings();
      await ask("22:40:30", meanwhile);
      const before = await store.settings();

      expect(await store.change(seen, { changeInfo, ...change })).toBe("conflict");

      expect(await store.settings()).toEqual(before);
    });

    test("thresholds, after a first beat that added covered minutes to the sums", async () => {
      const { store, beat, pause, resume, read } = await heart();
      await pause("22:40");
      await resume("22:42:10");
      const seen = await store.settings();
      await beat("22:30", "22:41:30");

      expect(await store.change(seen, { changeInfo, thresholds: { lateAfter: 300 } })).toBe("conflict");

      expect((await read()).covered).toBe(2);
    });

    test("resume, after a resume", async () => {
      const { store, beat, pause, resume } = await heart();
      await beat("22:40");
      await pause("22:41");
      const seen = await store.settings();
      await resume("22:43");

      expect(await store.change(seen, { changeInfo, ended })).toBe("conflict");

      expect((await store.read({ minutes: { from: "" }, days: { from: "" } })).covered).toBe(3);
    });

    test("resume, after a minute was answered as paused", async () => {
      const { store, beat, pause } = await heart();
      await pause("22:41");
      const seen = await store.settings();
      await beat("22:46");

      expect(await store.change(seen, { changeInfo, ended })).toBe("conflict");
    });

    test("resume, after the first beat: the covered minutes since born are not summed yet", async () => {
      const { store, beat, pause, resume, read } = await heart();
      await pause("22:41");
      const seen = await store.settings();
      await beat("22:30", "22:43:10");

      expect(await store.change(seen, { changeInfo, ended })).toBe("conflict");

      await resume("22:45");
      expect((await read()).covered).toBe(3);
    });

    test("pause, after a beat of its first minute", async () => {
      const { store, beat } = await heart();
      await beat("22:40");
      const seen = await store.settings();
      await beat("22:41");

      expect(await store.change(seen, { changeInfo, begun: { from: on("22:41"), reason: "late" } })).toBe(
        "conflict",
      );

      expect(await beat("22:42")).toBe("counted");
    });

    test("pause, after a first beat that was recorded after its first minute", async () => {
      const { store, beat } = await heart();
      const seen = await store.settings();
      await beat("22:30", "22:41");

      expect(await store.change(seen, { changeInfo, begun: { from: on("22:40"), reason: "late" } })).toBe(
        "conflict",
      );
    });
  });

  test("never counts and covers the same minute when beats and a pause are concurrent", async () => {
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
