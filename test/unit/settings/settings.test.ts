import { describe, expect, test } from "vitest";
import event from "../../../events/settings.json" with { type: "json" };
import { createSettingsHandler } from "../../../handlers/factories/settings.ts";
import type { SettingsStore } from "../../../lib/domain/settings-store.ts";
import { DEFAULT_NAMES } from "../../../lib/service/names.ts";
import { settings } from "../../../lib/settings/settings.ts";
import { captureOutput } from "../../support/captured-output.ts";
import { createMemoryStore } from "../../support/fakes/memory-store.ts";
import { settingsOnDay } from "../../support/fixtures/settings-on-day.ts";
import { STAGE } from "../../support/fixtures/store-on-day.ts";

const { logged, metered } = captureOutput();

const heart = () => settingsOnDay("2026-11-23", createMemoryStore());
const THRESHOLDS = { lateAfter: 150, downAfter: 270 };
const UNCHANGED = { version: 0, ...THRESHOLDS, pause: null, time: null, requestId: null, by: null };

describe("the function settings", () => {
  const CONTEXT = { functionName: "heartbeat-unit-settings", awsRequestId: "1b4d" };
  const NOW = Date.parse("2026-11-23T22:40:10.048Z");

  test("applies the sample event, logs the change and writes the metric", async () => {
    const reply = await createSettingsHandler(
      createMemoryStore(),
      STAGE,
      DEFAULT_NAMES,
      () => NOW,
    )(event, CONTEXT);

    expect(reply).toEqual({
      version: 1,
      lateAfter: 150,
      downAfter: 270,
      pause: { from: "2026-11-23T22:40Z", reason: "database upgrade" },
      time: "2026-11-23T22:40:10.048Z",
      requestId: "1b4d",
      by: "me@example.org",
    });
    expect(logged).toEqual([{ settings: reply, request: event }]);
    expect(metered).toEqual([
      {
        _aws: {
          Timestamp: NOW,
          CloudWatchMetrics: [
            {
              Namespace: "Heartbeat",
              Dimensions: [["FunctionName"]],
              Metrics: [{ Name: "SettingsChanged", Unit: "Count" }],
            },
          ],
        },
        FunctionName: "heartbeat-unit-settings",
        SettingsChanged: 1,
      },
    ]);
  });

  test.each([{}, "", undefined])("returns the effective settings for %j and writes no log", async (data) => {
    const handler = createSettingsHandler(
      createMemoryStore(),
      { lateAfter: 150, downAfter: 600, every: 1 },
      DEFAULT_NAMES,
      () => NOW,
    );

    expect(await handler(data, CONTEXT)).toEqual({ ...UNCHANGED, lateAfter: 150, downAfter: 600 });
    expect([logged, metered]).toEqual([[], []]);
  });

  test("throws RefusedError without a stack, because the caller made the mistake", async () => {
    const handler = createSettingsHandler(createMemoryStore(), STAGE, DEFAULT_NAMES, () => NOW);

    const fault = await handler({ color: "red" }, CONTEXT).catch((error: unknown) => error);

    expect(fault).toMatchObject({ name: "RefusedError", stack: "" });
  });
});

describe("a request is refused and changes nothing:", () => {
  const KEYS = "use pause, resume, lateAfter, downAfter, ifVersion, by";

  test.each([
    [null, 'the data must be an object such as {"pause":"a reason"}, not null'],
    [[], 'the data must be an object such as {"pause":"a reason"}, not []'],
    [5, 'the data must be an object such as {"pause":"a reason"}, not 5'],
    ["pause", 'the data must be an object such as {"pause":"a reason"}, not "pause"'],
    [{ color: "red" }, `unknown setting "color": ${KEYS}`],
    [{ a: 1, b: 2, c: 3, d: 4, e: 5 }, `unknown settings "a", "b", "c" and 2 more: ${KEYS}`],
    [JSON.parse('{"__proto__":{"pause":"x"}}'), `unknown setting "__proto__": ${KEYS}`],
    [{ pause: "" }, 'pause must be a text of 1 to 200 characters, not ""'],
    [{ pause: "  " }, 'pause must be a text of 1 to 200 characters, not "  "'],
    [{ pause: "\u200b" }, 'pause must be a text of 1 to 200 characters, not "\u200b"'],
    [{ pause: true }, "pause must be a text of 1 to 200 characters, not true"],
    [{ pause: null }, "pause must be a text of 1 to 200 characters, not null"],
    [{ pause: "x".repeat(201) }, "pause must be a text of 1 to 200 characters, not a text of 201"],
    [{ pause: "two\nlines" }, 'pause must not contain control characters: "two\\nlines"'],
    [{ pause: "\u202eturned" }, 'pause must not contain control characters: "\\u202eturned"'],
    [{ pause: "half \ud83d" }, 'pause must not contain control characters: "half \\ud83d"'],
    [{ resume: false }, "resume must be true, not false"],
    [{ resume: "yes" }, 'resume must be true, not "yes"'],
    [{ pause: "x", resume: true }, "pause and resume cannot be combined"],
    [
      { lateAfter: 129 },
      "lateAfter must be whole seconds, at least 130 and less than 604800 (7 days), not 129",
    ],
    [
      { lateAfter: "180" },
      'lateAfter must be whole seconds, at least 130 and less than 604800 (7 days), not "180"',
    ],
    [
      { lateAfter: 120.5 },
      "lateAfter must be whole seconds, at least 130 and less than 604800 (7 days), not 120.5",
    ],
    [
      { lateAfter: 270 },
      "downAfter must be whole seconds, more than lateAfter (270) and at most 604800 (7 days), not 270",
    ],
    [
      { downAfter: 130 },
      "downAfter must be whole seconds, more than lateAfter (130) and at most 604800 (7 days), not 130",
    ],
    [
      { lateAfter: 300, downAfter: 300 },
      "downAfter must be whole seconds, more than lateAfter (300) and at most 604800 (7 days), not 300",
    ],
    [
      { downAfter: 604_801 },
      "downAfter must be whole seconds, more than lateAfter (130) and at most 604800 (7 days), not 604801",
    ],
    [{ ifVersion: -1, pause: "x" }, "ifVersion must be a whole number from 0, not -1"],
    [{ ifVersion: "1" }, 'ifVersion must be a whole number from 0, not "1"'],
    [{ by: "", pause: "x" }, 'by must be a text of 1 to 100 characters, not ""'],
    [{ by: "x".repeat(101), pause: "x" }, "by must be a text of 1 to 100 characters, not a text of 101"],
  ])("%j", async (data, message) => {
    const { ask, store } = heart();

    await expect(ask("22:40", data)).rejects.toThrow(
      expect.objectContaining({ name: "RefusedError", message: `refused, nothing is changed: ${message}` }),
    );

    expect(await store.settings()).toMatchObject({ version: 0, pause: undefined, thresholds: {} });
    expect([logged, metered]).toEqual([[], []]);
  });

  test("several faults, each of which the message lists", async () => {
    await expect(heart().ask("22:40", { pause: "", resume: 1, lateAfter: 5, color: "red" })).rejects.toThrow(
      'refused, nothing is changed: unknown setting "color": use pause, resume, lateAfter, downAfter, ifVersion, by; pause must be a text of 1 to 200 characters, not ""; resume must be true, not 1; pause and resume cannot be combined; lateAfter must be whole seconds, at least 130 and less than 604800 (7 days), not 5',
    );
  });
});

describe("the reason of a pause", () => {
  test.each([
    "x".repeat(200),
    "🚧".repeat(200),
    "Wartung: Größe ändern",
    "日本語",
    'a "quoted" <b>reason</b> & \\',
  ])("can be %s", async (reason) => {
    expect((await heart().pause("22:40", reason)).pause?.reason).toBe(reason);
  });
});

describe("a request that needs no change returns a note", () => {
  test("for a second pause", async () => {
    const { pause } = heart();
    const first = await pause("22:40", "first");

    expect(await pause("22:41", "second")).toEqual({
      ...first,
      note: "already paused since 2026-11-23T22:40Z: first",
    });
  });

  test("for a resume without a pause, and for thresholds that are stored already", async () => {
    const { ask } = heart();
    const first = await ask("22:40", { lateAfter: 150 });

    expect(await ask("22:41", { resume: true, lateAfter: 150 })).toEqual({
      ...first,
      note: "these thresholds are already stored; not paused: nothing to resume",
    });
    expect(await heart().ask("22:41", { lateAfter: null })).toEqual({
      ...UNCHANGED,
      note: "these thresholds are already stored",
    });
  });

  test("and applies the other parts of the request", async () => {
    const { ask } = heart();

    expect(await ask("22:40", { resume: true, downAfter: 300 })).toMatchObject({
      version: 1,
      downAfter: 300,
      note: "not paused: nothing to resume",
    });
  });
});

describe("the effective thresholds", () => {
  test("are the stored ones until null resets them", async () => {
    const { ask } = heart();

    const replies = [
      await ask("22:40", { downAfter: 3_600 }),
      await ask("22:41", { lateAfter: 600 }),
      await ask("22:42", { downAfter: null, lateAfter: 130 }),
      await ask("22:43", { lateAfter: null }),
    ];

    expect(replies.map(({ version, lateAfter, downAfter }) => [version, lateAfter, downAfter])).toEqual([
      [1, 150, 3_600],
      [2, 600, 3_600],
      [3, 130, 270],
      [4, 150, 270],
    ]);
  });

  test("include a stored lateAfter of 120 to 129, which earlier versions accepted", async () => {
    const { ask, store } = heart();
    await store.change(await store.settings(), {
      changeInfo: { time: "2026-11-23T20:00:00.000Z", requestId: "old" },
      thresholds: { lateAfter: 120 },
    });

    const replies = [await ask("22:40", {}), await ask("22:41", { downAfter: 3_600 })];

    expect(replies.map(({ lateAfter, downAfter, note }) => [lateAfter, downAfter, note])).toEqual([
      [120, 270, undefined],
      [120, 3_600, undefined],
    ]);
  });

  test("exclude a stored lateAfter below 120, which no version accepted", async () => {
    const { ask, store } = heart();
    await store.change(await store.settings(), {
      changeInfo: { time: "2026-11-23T20:00:00.000Z", requestId: "old" },
      thresholds: { lateAfter: 119 },
    });

    expect(await ask("22:40", {})).toMatchObject({
      ...THRESHOLDS,
      note: "the thresholds of the stage apply, because they conflict with the stored lateAfter 119",
    });
  });

  test("are both those of the stage if a deployment conflicts with the stored ones", async () => {
    const { ask, store } = heart();
    await ask("22:40", { downAfter: 300 });

    const call = { event: {}, clock: () => 0, names: DEFAULT_NAMES, functionName: "f", requestId: "r" };
    const reply = await settings(store, { ...call, stage: { lateAfter: 400, downAfter: 800, every: 1 } });

    expect(reply).toMatchObject({
      version: 1,
      lateAfter: 400,
      downAfter: 800,
      note: "the thresholds of the stage apply, because they conflict with the stored downAfter 300",
    });
  });
});

describe("ifVersion", () => {
  test("allows a change only at this version", async () => {
    const { ask } = heart();
    await ask("22:40", { ifVersion: 0, lateAfter: 160, by: "ann" });

    await expect(ask("22:41", { ifVersion: 0, lateAfter: 180 })).rejects.toThrow(
      expect.objectContaining({
        name: "ConflictError",
        message:
          "nothing is changed: the settings are at version 1 (changed at 2026-11-23T22:40:00.000Z by ann), not 0",
      }),
    );

    expect(await ask("22:42", {})).toMatchObject({ version: 1, lateAfter: 160 });
  });

  test("allows one of two concurrent changes", async () => {
    const { ask } = heart();

    const outcomes = await Promise.allSettled([
      ask("22:40", { ifVersion: 0, lateAfter: 150 }),
      ask("22:40", { ifVersion: 0, lateAfter: 180 }),
    ]);

    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await ask("22:41", {})).toMatchObject({ version: 1 });
  });
});

test("a resume that waits for the database ends the pause with the minute that was answered as paused meanwhile", async () => {
  const store = createMemoryStore();
  const { beat, pause } = settingsOnDay("2026-11-23", store);
  await beat("22:40");
  await pause("22:41:10");
  let now = Date.parse("2026-11-23T22:44:59.900Z");
  const slow: SettingsStore = {
    async settings() {
      now += 200;
      expect(await beat("22:45")).toBe("covered");
      return store.settings();
    },
    change: store.change,
  };

  const reply = await settings(slow, {
    event: { resume: true },
    clock: () => now,
    stage: STAGE,
    names: DEFAULT_NAMES,
    functionName: "heartbeat-unit-settings",
    requestId: "1b4d",
  });

  expect(reply.time).toBe("2026-11-23T22:45:00.100Z");
  const { pauses } = await store.read({ minutes: { from: "" }, days: { from: "" } });
  expect(pauses).toEqual([{ from: "2026-11-23T22:41Z", to: "2026-11-23T22:45Z" }]);
});

describe("with concurrent changes", () => {
  const conflicting = (conflicts: number) => {
    const store = createMemoryStore();
    let left = conflicts;
    const change: SettingsStore["change"] = async (...args) =>
      left-- > 0 ? "conflict" : store.change(...args);
    return settingsOnDay("2026-11-23", { ...store, change });
  };

  test("makes the change after up to 3 conflicts", async () => {
    expect(await conflicting(3).ask("22:40", { lateAfter: 150 })).toMatchObject({
      version: 1,
      lateAfter: 150,
    });
  });

  test("throws ConflictError after 4 conflicts and changes nothing", async () => {
    const { ask, store } = conflicting(4);

    await expect(ask("22:40", { lateAfter: 150 })).rejects.toThrow(
      "nothing is changed: concurrent changes in 4 attempts; try again",
    );

    expect((await store.settings()).version).toBe(0);
  });
});
