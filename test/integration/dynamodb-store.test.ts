import { randomUUID } from "node:crypto";
import { describe, expect, inject, test, vi } from "vitest";
import { MalformedRowError } from "../../lib/domain/errors.ts";
import { minuteAt, startOf } from "../../lib/domain/minute.ts";
import { createBeatStore } from "../../lib/dynamodb/beat-store.ts";
import { createSettingsStore } from "../../lib/dynamodb/settings-store.ts";
import { createTable } from "../../tools/local/database/table.ts";
import { atOnce, shuffled } from "../support/at-once.ts";
import { testBeatStore } from "../support/contracts/beat-store.ts";
import { testPast } from "../support/contracts/past.ts";
import { testSettingsStore } from "../support/contracts/settings-store.ts";
import { connect, freshTable, putRow, storedRows } from "../support/databases/table.ts";
import { createMemoryStore } from "../support/fakes/memory-store.ts";
import { settingsOnDay } from "../support/fixtures/settings-on-day.ts";
import { describeOnEngines } from "../support/optional/needs.ts";

const beatOf = (minute: string, lateness = 48) => ({ minute, recordedAt: startOf(minute) + lateness });
const RANGE = { minutes: { from: "2026-11-22T22:41Z" }, days: { from: "2026-08-26" } };

describeOnEngines("the store on the '%s' engine", (engine) => {
  const url = inject("engines")[engine] ?? "";
  const empty = async () => {
    const { db, table } = await freshTable(url);
    return { db, table, store: createBeatStore({ db: db, name: table }) };
  };

  testBeatStore(async () => (await empty()).store);
  testSettingsStore(async () => {
    const { db, table, store } = await empty();
    return { ...store, ...createSettingsStore({ db: db, name: table }) };
  });
  testPast(async () => {
    const { db, table, store } = await empty();
    return { ...store, ...createSettingsStore({ db: db, name: table }) };
  });

  test("stores the lateness of the minute and adds 1 to the total and to its day", async () => {
    const { db, table, store } = await empty();

    await store.record(beatOf("2026-11-23T23:59Z", 48));
    await store.record(beatOf("2026-11-24T00:00Z", 1_003));
    await store.record(beatOf("2026-11-24T00:01Z", 0));

    expect(await storedRows(db, table)).toEqual([
      { sk: "hour#2026-11-23T23", 59: 48 },
      { sk: "hour#2026-11-24T00", "00": 1_003, "01": 0 },
      { sk: "live", beats: 3, born: "2026-11-23T23:59Z", newest: "2026-11-24T00:01Z" },
      { sk: "month#2026-11", 23: 1, 24: 2 },
    ]);
  });

  test("never sets the newest minute back", async () => {
    const { db, table, store } = await empty();

    await store.record(beatOf("2026-11-23T22:40Z"));
    await store.record(beatOf("2026-11-23T22:43Z"));
    await store.record(beatOf("2026-11-23T22:41Z", 150_000));

    const [hour, live] = await storedRows(db, table);
    expect(hour).toEqual({ sk: "hour#2026-11-23T22", 40: 48, 41: 150_000, 43: 48 });
    expect(live).toEqual({ sk: "live", beats: 3, born: "2026-11-23T22:40Z", newest: "2026-11-23T22:43Z" });
  });

  test("sets born to the minute of the first recording, and counts earlier minutes separately", async () => {
    const { db, table, store } = await empty();

    // The first beat is an event of last month, sent by hand; born is the minute in which it is recorded.
    await store.record({ minute: "2026-10-31T12:00Z", recordedAt: Date.parse("2026-11-23T22:40:10Z") });
    await store.record(beatOf("2026-11-23T22:40Z", 20_000));
    await store.record(beatOf("2026-11-23T22:39Z", 900_000));

    expect(await storedRows(db, table)).toEqual([
      { sk: "hour#2026-10-31T12", "00": 2_025_610_000 },
      { sk: "hour#2026-11-23T22", 39: 900_000, 40: 20_000 },
      { sk: "live", beats: 3, born: "2026-11-23T22:40Z", newest: "2026-11-23T22:40Z", early: 2 },
      { sk: "month#2026-10", 31: 1, early31: 1 },
      { sk: "month#2026-11", 23: 2, early23: 1 },
    ]);
  });

  test("changes no row for a duplicate", async () => {
    const { db, table, store } = await empty();
    await store.record(beatOf("2026-11-23T22:40Z"));
    await store.record(beatOf("2026-11-23T22:41Z"));
    const before = await storedRows(db, table);

    await store.record(beatOf("2026-11-23T22:40Z", 999));
    await store.record(beatOf("2026-11-23T22:41Z", 999));

    expect(await storedRows(db, table)).toEqual(before);
  });

  test("counts 1 of 1,000 deliveries of a minute, 50 at a time", async () => {
    const { store } = await empty();
    const deliveries = Array.from({ length: 1_000 }, (_, n) => beatOf("2026-11-23T22:40Z", n));

    const outcomes = await atOnce(50, deliveries, (beat) => store.record(beat));

    expect(outcomes.filter((outcome) => outcome === "counted")).toEqual(["counted"]);
    expect(await store.count()).toBe(1);
  });

  test("counts 120 shuffled minutes as 120, each delivered 3 times, 20 at a time", async () => {
    const { db, table, store } = await empty();
    const start = Date.parse("2026-11-23T22:40:00Z");
    const minutes = Array.from({ length: 120 }, (_, n) => minuteAt(start + n * 60_000));
    const deliveries = shuffled([...minutes, ...minutes, ...minutes], 20_261_123);

    // All are recorded an hour after the first: minutes before that are earlier than born, minutes after it are ahead.
    const recordedAt = start + 3_600_000;
    const outcomes = await atOnce(20, deliveries, (minute) => store.record({ minute, recordedAt }));

    expect(outcomes.filter((outcome) => outcome === "counted")).toHaveLength(120);
    expect(await store.count()).toBe(120);
    expect((await storedRows(db, table)).slice(-2)).toEqual([
      { sk: "live", beats: 120, born: "2026-11-23T23:40Z", newest: "2026-11-24T00:39Z", early: 60 },
      { sk: "month#2026-11", 23: 80, 24: 40, early23: 60 },
    ]);
  });

  describe("throws MalformedRowError for", () => {
    test.each([
      [{ beats: "3" }, 'row live: beats has an unexpected value: "3"'],
      [{ beats: -1 }, "row live: beats has an unexpected value: -1"],
      [{ beats: 1.5 }, "row live: beats has an unexpected value: 1.5"],
      [{ newest: "2026-11-23T22:40Z" }, "row live: beats has an unexpected value: undefined"],
      [{ beats: null }, "row live: beats has an unexpected value: null"],
      [{ beats: 1, born: "now" }, 'row live: born has an unexpected value: "now"'],
      [{ beats: 1, newest: 5 }, "row live: newest has an unexpected value: 5"],
    ])("%j", async (row, message) => {
      const { db, table, store } = await empty();
      await putRow(db, table, { sk: "live", ...row });

      await expect(store.count()).rejects.toEqual(new MalformedRowError(message));
    });

    test("a total that is too large for a number", async () => {
      const { db, table, store } = await empty();
      await putRow(db, table, { sk: "live", beats: 12345678901234567890n });

      await expect(store.count()).rejects.toEqual(
        new MalformedRowError("row live: beats has an unexpected value: 12345678901234567890n"),
      );
    });

    test("a malformed row during record, and counts nothing", async () => {
      const { db, table, store } = await empty();
      await putRow(db, table, { sk: "live", beats: 3, born: "tomorrow" });

      await expect(store.record(beatOf("2026-11-23T22:40Z"))).rejects.toEqual(
        new MalformedRowError('row live: born has an unexpected value: "tomorrow"'),
      );

      expect(await storedRows(db, table)).toEqual([{ sk: "live", beats: 3, born: "tomorrow" }]);
    });
  });

  describe("with pauses", () => {
    const paused = async () => {
      const { db, table, store } = await empty();
      const heart = settingsOnDay("2026-11-23", {
        ...store,
        ...createSettingsStore({ db: db, name: table }),
      });
      return { db, table, ...heart };
    };
    const by = (time: string) => ({ time: `2026-11-23T${time}:00.000Z`, requestId: `request-${time}` });

    test("stores each pause, the last pause for beats, and the sums of ended pauses", async () => {
      const { db, table, beat, pause, resume, ask } = await paused();
      await beat("22:40");
      await pause("22:41", "first");
      await resume("22:42");
      await ask("22:43", { pause: "second", lateAfter: 180, by: "ann" });

      expect(await storedRows(db, table)).toEqual([
        { sk: "hour#2026-11-23T22", 40: 48 },
        {
          sk: "live",
          beats: 1,
          born: "2026-11-23T22:40Z",
          newest: "2026-11-23T22:40Z",
          pausedFrom: "2026-11-23T22:43Z",
          openFrom: "9999-12-31T23:59Z",
        },
        {
          sk: "live#rules",
          version: 3,
          ...by("22:43"),
          by: "ann",
          lateAfter: 180,
          covered: 2,
          pausedBy: 3,
          pauses: [
            { from: "2026-11-23T22:41Z", to: "2026-11-23T22:42Z" },
            { from: "2026-11-23T22:43Z", reason: "second" },
          ],
        },
        { sk: "month#2026-11", 23: 1, covered23: 2 },
        { sk: "pause#2026-11-23T22:41Z#000001", to: "2026-11-23T22:42Z", reason: "first", ...by("22:41") },
        { sk: "pause#2026-11-23T22:43Z#000003", reason: "second", ...by("22:43"), by: "ann" },
      ]);
    });

    test("removes pauses that ended over 8 days ago from the settings and keeps their rows", async () => {
      const { db, table, store, beat, pause, resume } = await paused();
      await beat("22:40");
      await pause("22:41");
      await resume("22:42");
      const later = settingsOnDay("2026-12-01", store);
      await later.pause("22:42");
      const first = (await store.settings()).pauses;
      await later.resume("22:43");

      expect(first).toEqual([
        { from: "2026-11-23T22:41Z", to: "2026-11-23T22:42Z" },
        { from: "2026-12-01T22:42Z", reason: "database upgrade" },
      ]);
      expect((await store.settings()).pauses).toEqual([
        { from: "2026-12-01T22:42Z", to: "2026-12-01T22:43Z" },
      ]);
      const rows = await storedRows(db, table);
      expect(rows.filter(({ sk }) => sk.startsWith("pause#"))).toHaveLength(2);
      expect(await beat("22:42", "22:50")).toBe("covered");
    });

    test('throws "unknown outcome" when the reply of a change is lost, and a retry reports the stored change', async () => {
      const { db, ask } = await paused();
      let requests = 0;
      db.middlewareStack.add(
        (next) => async (args) => {
          const reply = await next(args);
          // The first request reads the settings, the second changes them.
          if (++requests === 2) throw new Error("socket hang up");
          return reply;
        },
        { step: "initialize" },
      );
      const change = { pause: "first", ifVersion: 0 };

      await expect(ask("22:41", change)).rejects.toThrow(
        "unknown outcome, the settings may have changed: Error: socket hang up",
      );

      await expect(ask("22:42", change)).rejects.toThrow(
        "the settings are at version 1 (changed at 2026-11-23T22:41:00.000Z), not 0",
      );
      expect(await ask("22:42", { pause: "first" })).toMatchObject({
        version: 1,
        note: "already paused since 2026-11-23T22:41Z: first",
      });
    });

    test("reads all pauses when they exceed the megabyte of one reply", async () => {
      const { db, table, store } = await paused();
      const times = ["10:00", "11:00", "12:00", "13:00", "14:00"];
      for (const time of times) {
        const row = { sk: `pause#2026-11-23T${time}Z#000001`, to: `2026-11-23T${time}Z` };
        await putRow(db, table, { ...row, reason: "x".repeat(300_000) });
      }

      const { pauses } = await store.read({
        minutes: { from: "2026-11-23T10:00Z", to: "2026-11-23T14:00Z" },
      });

      expect(pauses.map(({ from }) => from)).toEqual(times.map((time) => `2026-11-23T${time}Z`));
    });

    test("stores the newest minute that an open pause covers, and changes nothing else", async () => {
      const { db, table, beat, pause, resume } = await paused();
      await beat("22:40");
      await pause("22:41");
      await resume("22:42");
      await pause("22:44");
      const before = await storedRows(db, table);

      const outcomes = [];
      for (const minute of ["22:41", "22:44", "22:46", "22:45", "22:46"]) outcomes.push(await beat(minute));

      expect(outcomes).toEqual(Array(5).fill("covered"));
      expect(await storedRows(db, table)).toEqual(
        before.map((row) => (row.sk === "live" ? { ...row, lastPaused: "2026-11-23T22:46Z" } : row)),
      );
    });

    test.each([
      [{ openFrom: 5 }, "row live: openFrom has an unexpected value: 5"],
      [{ openFrom: null }, "row live: openFrom has an unexpected value: null"],
      [{ openFrom: "tomorrow" }, 'row live: openFrom has an unexpected value: "tomorrow"'],
      [{ openFrom: "9999-12-31T23:59Z" }, "row live: pausedFrom has an unexpected value: undefined"],
      [
        { openFrom: "9999-12-31T23:59Z", pausedFrom: [1] },
        "row live: pausedFrom has an unexpected value: [1]",
      ],
    ])("counts, and logs an error, when the last pause is malformed: %j", async (broken, message) => {
      const { db, table, store, beat } = await paused();
      const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
      const live = { sk: "live", beats: 1, born: "2026-11-23T22:40Z", newest: "2026-11-23T22:40Z" };
      await putRow(db, table, { ...live, ...broken });

      expect([await beat("22:41"), await beat("22:42"), await beat("22:42")]).toEqual([
        "counted",
        "counted",
        "duplicate",
      ]);

      expect(await store.count()).toBe(3);
      expect(logged.mock.calls[0]).toEqual([{ error: `${message}: ignoring unreadable pause data` }]);
      logged.mockRestore();
    });

    test.each([5, "tomorrow", null])(
      "returns covered, and resume throws, when lastPaused is %j",
      async (lastPaused) => {
        const { db, table, beat, pause, resume } = await paused();
        await pause("22:41");
        const [live = { sk: "live" }] = await storedRows(db, table);
        await putRow(db, table, { ...live, lastPaused });

        expect(await beat("22:42")).toBe("covered");

        await expect(resume("22:43")).rejects.toThrow("row live: lastPaused has an unexpected value");
      },
    );

    test("counts when the row of an earlier pause or of the settings is malformed", async () => {
      const { db, table, store, beat, pause, resume } = await paused();
      const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
      await beat("22:40");
      for (const time of ["22:42", "22:44"]) {
        await pause(time);
        await resume(time);
      }
      await putRow(db, table, { sk: "pause#2026-11-23T22:42Z#000001", to: "never" });
      await putRow(db, table, { sk: "live#rules", version: "two", lateAfter: "x", pauses: 5 });

      expect([await beat("22:42"), await beat("22:45")]).toEqual(["counted", "counted"]);

      expect(logged.mock.calls).toEqual([
        [
          {
            error:
              'row pause#2026-11-23T22:42Z#000001: to has an unexpected value: "never": ignoring unreadable pause data',
          },
        ],
      ]);
      logged.mockRestore();
      await expect(store.settings()).rejects.toThrow(MalformedRowError);
      await expect(store.thresholds()).rejects.toThrow(
        'row live#rules: lateAfter has an unexpected value: "x"',
      );
    });
  });

  test("reads the same history as the memory store after shuffled, repeated, old and concurrent deliveries", async () => {
    const { store } = await empty();
    const memory = createMemoryStore();
    const first = beatOf("2026-11-23T23:30Z");
    const start = startOf(first.minute);
    const places = Array.from({ length: 80 }, (_, n) => (n - 30) * 3);
    const beats = places.map((place) => ({
      minute: minuteAt(start + place * 60_000),
      recordedAt: start + Math.max(1, place) * 60_000,
    }));
    const deliveries = shuffled([...beats, ...beats], 7);

    for (const each of [store, memory]) {
      await each.record(first);
      await atOnce(10, deliveries, (beat) => each.record(beat));
    }

    expect(await store.read(RANGE)).toEqual(await memory.read(RANGE));
  });

  test("reads recently ended pauses, the open one, and the minutes that ended pauses cover", async () => {
    const { db, table, store } = await empty();
    const pauses = [{ from: "2026-11-23T22:41Z", to: "2026-11-23T22:42Z" }, { from: "2026-11-24T00:10Z" }];
    await putRow(db, table, { sk: "live#rules", covered: 1_500, pauses, version: 4 });
    await putRow(db, table, { sk: "month#2026-11", 23: 7, covered22: 1_440, covered23: 60 });
    await putRow(db, table, { sk: "pause#2026-11-23T22:41Z#000001", to: "2026-11-23T22:42Z" });

    const history = await store.read(RANGE);

    expect(history).toMatchObject({
      covered: 1_500,
      pauses,
      days: new Map([
        ["2026-11-22", { beats: 0, early: 0, covered: 1_440 }],
        ["2026-11-23", { beats: 7, early: 0, covered: 60 }],
      ]),
    });
  });

  describe("read throws MalformedRowError for", () => {
    test.each([
      [{ sk: "hour#2026-11-23T22", 60: 48 }, "row hour#2026-11-23T22: 60 has an unexpected value: 48"],
      [{ sk: "hour#2026-11-23T22", "00": -1 }, "row hour#2026-11-23T22: 00 has an unexpected value: -1"],
      [{ sk: "hour#2026-11-23T22", "00": "48" }, 'row hour#2026-11-23T22: 00 has an unexpected value: "48"'],
      [{ sk: "hour#2026-11-31T22", "00": 48 }, "row hour#2026-11-31T22: 00 has an unexpected value: 48"],
      [{ sk: "live", beats: 1, early: "0" }, 'row live: early has an unexpected value: "0"'],
      [{ sk: "live", beats: 1, newest: "x" }, 'row live: newest has an unexpected value: "x"'],
      [{ sk: "live#rules", covered: 0.5 }, "row live#rules: covered has an unexpected value: 0.5"],
      [{ sk: "live#rules", pauses: "none" }, 'row live#rules: pauses has an unexpected value: "none"'],
      [
        { sk: "live#rules", pauses: [{ from: "2026-11-23T22:41Z" }, { from: "2026-11-23T22:45Z" }] },
        'row live#rules: pauses has an unexpected value: {"from":"2026-11-23T22:41Z"}',
      ],
      [
        { sk: "live#rules", pauses: [{ to: "2026-11-23T22:41Z" }] },
        'row live#rules: pauses has an unexpected value: {"to":"2026-11-23T22:41Z"}',
      ],
      [{ sk: "month#2026-11", 31: 1 }, "row month#2026-11: 31 has an unexpected value: 1"],
      [{ sk: "month#2026-11", late23: 1 }, "row month#2026-11: late23 has an unexpected value: 1"],
      [{ sk: "month#2026-11", 23: null }, "row month#2026-11: 23 has an unexpected value: null"],
    ])("%j", async (row, message) => {
      const { db, table, store } = await empty();
      await putRow(db, table, row);

      await expect(store.read(RANGE)).rejects.toEqual(new MalformedRowError(message));
    });
  });

  describe("read with an upper bound", () => {
    const MINUTES = { from: "2025-11-23T22:00Z", to: "2025-11-23T22:59Z" };
    const inOrder = [
      { from: "2025-11-23T21:30Z", to: "2025-11-23T22:05Z" },
      { from: "2025-11-23T22:20Z", to: "2025-11-23T22:20Z" },
      { from: "2025-11-23T22:59Z", to: "2025-11-24T10:00Z" },
    ];

    test("returns the pauses that overlap the minutes and those of the settings, once each", async () => {
      const { db, table, store } = await empty();
      const recent = [{ from: "2026-11-20T00:00Z", to: "2026-11-20T00:09Z" }, { from: "2026-11-23T00:00Z" }];
      const others = [
        { from: "2024-01-01T00:00Z", to: "2024-01-02T00:00Z" },
        { from: "2025-11-24T10:05Z", to: "2025-11-24T10:06Z" },
      ];
      for (const { from, ...row } of [...inOrder, ...others, ...recent])
        await putRow(db, table, { sk: `pause#${from}#000001`, ...row });
      await putRow(db, table, { sk: "live#rules", pauses: recent });

      expect((await store.read({ minutes: MINUTES })).pauses).toEqual([...inOrder, ...recent]);
      expect((await store.read({ days: { from: "2025-11-23", to: "2025-11-23" } })).pauses).toEqual(recent);
    });

    test("omits a pause that ended before its first minute", async () => {
      const { db, table, store } = await empty();
      await putRow(db, table, { sk: "pause#2025-11-23T22:20Z#000001", to: "2025-11-23T22:19Z" });

      expect((await store.read({ minutes: MINUTES })).pauses).toEqual([]);
    });

    test("takes the end of a recent pause from the settings", async () => {
      const { db, table, store } = await empty();
      const ended = { from: "2025-11-23T22:20Z", to: "2025-11-23T22:21Z" };
      await putRow(db, table, { sk: `pause#${ended.from}#000001` });
      await putRow(db, table, { sk: "live#rules", pauses: [ended] });

      expect((await store.read({ minutes: MINUTES })).pauses).toEqual([ended]);
    });

    test.each([
      [{ sk: "hour#2025-11-23T22", "00": -1 }, "row hour#2025-11-23T22: 00 has an unexpected value: -1"],
      [{ sk: "live", beats: 1, born: 5 }, "row live: born has an unexpected value: 5"],
      [{ sk: "live#rules", pauses: 5 }, "row live#rules: pauses has an unexpected value: 5"],
      [{ sk: "month#2025-11", 31: 1 }, "row month#2025-11: 31 has an unexpected value: 1"],
      [
        { sk: "pause#2025-11-23T22:20Z#000001", to: "2025-11-23T22:18Z" },
        'row pause#2025-11-23T22:20Z#000001: to has an unexpected value: "2025-11-23T22:18Z"',
      ],
      [
        { sk: "pause#2025-11-23T22:20Z#000001", to: 7 },
        "row pause#2025-11-23T22:20Z#000001: to has an unexpected value: 7",
      ],
      [
        { sk: "pause#2025-11-23T22:20Z" },
        'row pause#2025-11-23T22:20Z: key has an unexpected value: "pause#2025-11-23T22:20Z"',
      ],
    ])("throws MalformedRowError for %j", async (row, message) => {
      const { db, table, store } = await empty();
      await putRow(db, table, row);

      const reading = store.read({ minutes: MINUTES, days: { from: "2025-11-23", to: "2025-11-23" } });

      await expect(reading).rejects.toEqual(new MalformedRowError(message));
    });
  });

  test("throws StoreRefusedError that names the table when it is missing", async () => {
    const store = createBeatStore({ db: connect(url), name: "no-such-table" });
    const settings = createSettingsStore({ db: connect(url), name: "no-such-table" });
    const seen = await createMemoryStore().settings();
    const changeInfo = { time: "2026-11-23T22:41:00.000Z", requestId: "1b4d" };

    const faults = [
      store.count(),
      store.read(RANGE),
      store.read({ days: { from: "2026-11-23", to: "2026-11-23" } }),
      store.record(beatOf("2026-11-23T22:40Z")),
      settings.settings(),
      settings.change(seen, { changeInfo, thresholds: { lateAfter: 300 } }),
    ].map((promise) => promise.catch((error: unknown) => error));

    const messages = ["beats", "history", "history"].map((what) => `the ${what} could not be read`);
    messages.push("the beat could not be recorded", "the settings could not be read", "nothing is changed");
    expect(await Promise.all(faults)).toEqual(
      messages.map((what) =>
        expect.objectContaining({
          name: "StoreRefusedError",
          message: expect.stringMatching(
            new RegExp(
              `^${what}: ResourceNotFoundException: .* Table no-such-table does not exist in this account and region: deploy the stage, or correct BEATS_TABLE or AWS_REGION\\.$`,
            ),
          ),
        }),
      ),
    );
  });

  test("throws StoreRefusedError when the table has other keys", async () => {
    const table = `test-${randomUUID()}`;
    await createTable(url, {
      TableName: table,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    });
    const store = createBeatStore({ db: connect(url), name: table });

    const faults = [store.count(), store.read(RANGE), store.record(beatOf("2026-11-23T22:40Z"))].map(
      (promise) => promise.catch((error: unknown) => error),
    );

    expect(await Promise.all(faults)).toEqual(
      Array(3).fill(
        expect.objectContaining({
          name: "StoreRefusedError",
          message: expect.stringContaining(`Check that the keys of table ${table} are the strings pk and sk`),
        }),
      ),
    );
  });
});

test("throws StoreUnavailableError with the cause when the database is unreachable", async () => {
  const store = createBeatStore({ db: connect("http://127.0.0.1:9"), name: "beats" });

  await expect(store.count()).rejects.toThrow(
    "the beats could not be read: Error: connect ECONNREFUSED 127.0.0.1:9",
  );
  await expect(store.read(RANGE)).rejects.toThrow(
    "the history could not be read: Error: connect ECONNREFUSED 127.0.0.1:9",
  );
  await expect(store.record(beatOf("2026-11-23T22:40Z"))).rejects.toThrow(
    "the beat could not be recorded: Error: connect ECONNREFUSED 127.0.0.1:9",
  );
});
