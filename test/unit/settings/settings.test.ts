import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import event from "../../../events/settings.json" with { type: "json" };
import { createSettingsHandler } from "../../../handlers/factories/settings.ts";
import type { SettingsStore } from "../../../lib/domain/settings-store.ts";
import { settings } from "../../../lib/settings/settings.ts";
import { createMemoryStore } from "../../support/fakes/memory-store.ts";
import { onDay, STAGE } from "../../support/fixtures/store-on-day.ts";

let logged: unknown[];
let metered: unknown[];
beforeEach(() => {
  logged = [];
  metered = [];
  vi.spyOn(process.stdout, "write").mockImplementation((line) => metered.push(JSON.parse(String(line))) > 0);
  vi.spyOn(console, "info").mockImplementation((line) => logged.push(line));
});
afterEach(() => vi.restoreAllMocks());

const heart = () => onDay("2026-11-23", createMemoryStore());
const UNCHANGED = { version: 0, ...STAGE, pause: null, time: null, requestId: null, by: null };

describe("the function settings", () => {
  const CONTEXT = { functionName: "heartbeat-unit-settings", awsRequestId: "1b4d" };
  const NOW = Date.parse("2026-11-23T22:40:10.048Z");

  test("changes what the sample event asks for, logs the change and meters it", async () => {
    const reply = await createSettingsHandler(createMemoryStore(), STAGE, () => NOW)(event, CONTEXT);

    expect(reply).toEqual({
      ...{ version: 1, lateAfter: 150, downAfter: 270 },
      pause: { from: "2026-11-23T22:40Z", reason: "database upgrade" },
      ...{ time: "2026-11-23T22:40:10.048Z", requestId: "1b4d", by: "me@example.org" },
    });
    expect(logged).toEqual([{ settings: reply, asked: event }]);
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

  test.each([{}, "", undefined])(
    "tells the settings in force when asked with %j, and writes no log",
    async (data) => {
      const handler = createSettingsHandler(
        createMemoryStore(),
        { lateAfter: 150, downAfter: 600 },
        () => NOW,
      );

      expect(await handler(data, CONTEXT)).toEqual({ ...UNCHANGED, lateAfter: 150, downAfter: 600 });
      expect([logged, metered]).toEqual([[], []]);
    },
  );

  test("is refused without a stack: the mistake is the caller's", async () => {
    const handler = createSettingsHandler(createMemoryStore(), STAGE, () => NOW);

    const fault = await handler({ color: "red" }, CONTEXT).catch((error: unknown) => error);

    expect(fault).toMatchObject({ name: "RefusedError", stack: "" });
  });
});

describe("refused as a whole is", () => {
  const KEYS = "there are pause, resume, lateAfter, downAfter, ifVersion, by";

  test.each([
    [null, 'the data must be an object such as {"pause":"a reason"}, not null'],
    [[], 'the data must be an object such as {"pause":"a reason"}, not []'],
    [5, 'the data must be an object such as {"pause":"a reason"}, not 5'],
    ["pause", 'the data must be an object such as {"pause":"a reason"}, not "pause"'],
    [{ color: "red" }, `"color" is no setting, ${KEYS}`],
    [{ a: 1, b: 2, c: 3, d: 4, e: 5 }, `"a", "b", "c", 2 more are no settings, ${KEYS}`],
    [JSON.parse('{"__proto__":{"pause":"x"}}'), `"__proto__" is no setting, ${KEYS}`],
    [{ pause: "" }, 'pause must be a text of 1 to 200 characters, not ""'],
    [{ pause: "  " }, 'pause must be a text of 1 to 200 characters, not "  "'],
    [{ pause: "\u200b" }, 'pause must be a text of 1 to 200 characters, not "\u200b"'],
    [{ pause: true }, "pause must be a text of 1 to 200 characters, not true"],
    [{ pause: null }, "pause must be a text of 1 to 200 characters, not null"],
    [{ pause: "x".repeat(201) }, "pause must be a text of 1 to 200 characters, not one of 201"],
    [{ pause: "two\nlines" }, 'pause must hold no control characters, as "two\\nlines" does'],
    [{ pause: "\u202eturned" }, 'pause must hold no control characters, as "\\u202eturned" does'],
    [{ pause: "half \ud83d" }, 'pause must hold no control characters, as "half \\ud83d" does'],
    [{ resume: false }, "resume must be true, not false"],
    [{ resume: "yes" }, 'resume must be true, not "yes"'],
    [{ pause: "x", resume: true }, "pause and resume can't be asked for at once"],
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
      "downAfter must be whole seconds, more than lateAfter, 270, and at most 604800 (7 days), not 270",
    ],
    [
      { downAfter: 130 },
      "downAfter must be whole seconds, more than lateAfter, 130, and at most 604800 (7 days), not 130",
    ],
    [
      { lateAfter: 300, downAfter: 300 },
      "downAfter must be whole seconds, more than lateAfter, 300, and at most 604800 (7 days), not 300",
    ],
    [
      { downAfter: 604_801 },
      "downAfter must be whole seconds, more than lateAfter, 130, and at most 604800 (7 days), not 604801",
    ],
    [{ ifVersion: -1, pause: "x" }, "ifVersion must be a whole number from 0, not -1"],
    [{ ifVersion: "1" }, 'ifVersion must be a whole number from 0, not "1"'],
    [{ by: "", pause: "x" }, 'by must be a text of 1 to 100 characters, not ""'],
    [{ by: "x".repeat(101), pause: "x" }, "by must be a text of 1 to 100 characters, not one of 101"],
  ])("%j", async (data, message) => {
    const { ask, store } = heart();

    await expect(ask("22:40", data)).rejects.toThrow(
      expect.objectContaining({ name: "RefusedError", message: `refused, nothing is changed: ${message}` }),
    );

    expect(await store.settings()).toMatchObject({ version: 0, pause: undefined, thresholds: {} });
    expect([logged, metered]).toEqual([[], []]);
  });

  test("what has several faults, each of which is listed", async () => {
    await expect(heart().ask("22:40", { pause: "", resume: 1, lateAfter: 5, color: "red" })).rejects.toThrow(
      'refused, nothing is changed: "color" is no setting, there are pause, resume, lateAfter, downAfter, ifVersion, by; pause must be a text of 1 to 200 characters, not ""; resume must be true, not 1; pause and resume can\'t be asked for at once; lateAfter must be whole seconds, at least 130 and less than 604800 (7 days), not 5',
    );
  });
});

describe("a reason", () => {
  test.each([
    "x".repeat(200),
    "🚧".repeat(200),
    "Wartung: Größe ändern",
    "日本語",
    'a "quoted" <b>reason</b> & \\',
  ])("may be %s", async (reason) => {
    expect((await heart().pause("22:40", reason)).pause?.reason).toBe(reason);
  });
});

describe("what is so already is no error and says so", () => {
  test("pausing twice", async () => {
    const { pause } = heart();
    const first = await pause("22:40", "first");

    expect(await pause("22:41", "second")).toEqual({
      ...first,
      note: "paused already, since 2026-11-23T22:40Z: first",
    });
  });

  test("resuming what runs, and the rules that are stored", async () => {
    const { ask } = heart();
    const first = await ask("22:40", { lateAfter: 150 });

    expect(await ask("22:41", { resume: true, lateAfter: 150 })).toEqual({
      ...first,
      note: "these rules are stored already; not paused, there is nothing to resume",
    });
    expect(await heart().ask("22:41", { lateAfter: null })).toEqual({
      ...UNCHANGED,
      note: "these rules are stored already",
    });
  });

  test("but what else was asked for is done", async () => {
    const { ask } = heart();

    expect(await ask("22:40", { resume: true, downAfter: 300 })).toMatchObject({
      ...{ version: 1, downAfter: 300, note: "not paused, there is nothing to resume" },
    });
  });
});

describe("the rules in force", () => {
  test("are the stored ones, of which each can be the stage's again", async () => {
    const { ask } = heart();

    const told = [
      await ask("22:40", { downAfter: 3_600 }),
      await ask("22:41", { lateAfter: 600 }),
      await ask("22:42", { downAfter: null, lateAfter: 130 }),
      await ask("22:43", { lateAfter: null }),
    ];

    expect(told.map(({ version, lateAfter, downAfter }) => [version, lateAfter, downAfter])).toEqual([
      [1, 150, 3_600],
      [2, 600, 3_600],
      [3, 130, 270],
      [4, 150, 270],
    ]);
  });

  test("keep a stored lateAfter of 120 to 129, which earlier versions accepted", async () => {
    const { ask, store } = heart();
    await store.change(await store.settings(), {
      changeInfo: { time: "2026-11-23T20:00:00.000Z", requestId: "old" },
      thresholds: { lateAfter: 120 },
    });

    const told = [await ask("22:40", {}), await ask("22:41", { downAfter: 3_600 })];

    expect(told.map(({ lateAfter, downAfter, note }) => [lateAfter, downAfter, note])).toEqual([
      [120, 270, undefined],
      [120, 3_600, undefined],
    ]);
  });

  test("do not keep a stored lateAfter below 120, which no version accepted", async () => {
    const { ask, store } = heart();
    await store.change(await store.settings(), {
      changeInfo: { time: "2026-11-23T20:00:00.000Z", requestId: "old" },
      thresholds: { lateAfter: 119 },
    });

    expect(await ask("22:40", {})).toMatchObject({
      ...STAGE,
      note: "stored is lateAfter 119, which is at odds with the stage's rules: those are in force",
    });
  });

  test("are both the stage's where a deployment has put the two at odds", async () => {
    const { ask, store } = heart();
    await ask("22:40", { downAfter: 300 });

    const call = { event: {}, clock: () => 0, functionName: "f", requestId: "r" };
    const reply = await settings(store, { ...call, stage: { lateAfter: 400, downAfter: 800 } });

    expect(reply).toMatchObject({
      ...{ version: 1, lateAfter: 400, downAfter: 800 },
      note: "stored is downAfter 300, which is at odds with the stage's rules: those are in force",
    });
  });
});

describe("ifVersion", () => {
  test("lets a change of the settings that are meant through, and no other", async () => {
    const { ask } = heart();
    await ask("22:40", { ifVersion: 0, lateAfter: 160, by: "ann" });

    await expect(ask("22:41", { ifVersion: 0, lateAfter: 180 })).rejects.toThrow(
      expect.objectContaining({
        name: "ConflictError",
        message:
          "nothing is changed: the settings are at version 1, changed at 2026-11-23T22:40:00.000Z by ann, not 0",
      }),
    );

    expect(await ask("22:42", {})).toMatchObject({ version: 1, lateAfter: 160 });
  });

  test("of two who ask at once lets one through", async () => {
    const { ask } = heart();

    const outcomes = await Promise.allSettled([
      ask("22:40", { ifVersion: 0, lateAfter: 150 }),
      ask("22:40", { ifVersion: 0, lateAfter: 180 }),
    ]);

    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await ask("22:41", {})).toMatchObject({ version: 1 });
  });
});

test("a resume that waits for the database ends the pause with the minute that has come meanwhile, which was answered as paused", async () => {
  const store = createMemoryStore();
  const { beat, pause } = onDay("2026-11-23", store);
  await beat("22:40");
  await pause("22:41:10");
  let now = Date.parse("2026-11-23T22:44:59.900Z");
  const waiting: SettingsStore = {
    async settings() {
      now += 200;
      expect(await beat("22:45")).toBe("covered");
      return store.settings();
    },
    change: store.change,
  };

  const reply = await settings(waiting, {
    ...{ event: { resume: true }, clock: () => now, stage: STAGE },
    ...{ functionName: "heartbeat-unit-settings", requestId: "1b4d" },
  });

  expect(reply.time).toBe("2026-11-23T22:45:00.100Z");
  const { pauses } = await store.read({ minutes: { from: "" }, days: { from: "" } });
  expect(pauses).toEqual([{ from: "2026-11-23T22:41Z", to: "2026-11-23T22:45Z" }]);
});

describe("somebody else's change at the same moment", () => {
  const losing = (times: number) => {
    const store = createMemoryStore();
    let left = times;
    const change: SettingsStore["change"] = async (...args) =>
      left-- > 0 ? "conflict" : store.change(...args);
    return onDay("2026-11-23", { ...store, change });
  };

  test("is taken in, and the change made on top of it", async () => {
    expect(await losing(3).ask("22:40", { lateAfter: 150 })).toMatchObject({ version: 1, lateAfter: 150 });
  });

  test("four times over is told, and nothing changed", async () => {
    const { ask, store } = losing(4);

    await expect(ask("22:40", { lateAfter: 150 })).rejects.toThrow(
      "nothing is changed: others, or beats, were quicker 4 times: try again",
    );

    expect((await store.settings()).version).toBe(0);
  });
});
