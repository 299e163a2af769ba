import { expect, test } from "vitest";
import type { BeatStore } from "../../../lib/domain/beat-store.ts";
import type { SettingsStore } from "../../../lib/domain/settings-store.ts";
import { onDay } from "../fixtures/store-on-day.ts";

const DAY = "2026-11-23";
const on = (time: string) => `${DAY}T${time}Z`;

/** The contract of reading the past of a beat store. Each test gets an empty one. */
export const testPast = (createStore: () => Promise<BeatStore & SettingsStore>): void => {
  test("past returns nothing of an empty store", async () => {
    const store = await createStore();

    expect(await store.past({ days: [DAY], pauses: { from: on("00:00") } })).toEqual({
      minutes: new Map(),
      pauses: [],
      pausesKnownFrom: on("00:00"),
    });
  });

  test("past returns every minute of the days with its lateness, and of no other day", async () => {
    const store = await createStore();
    for (const [minute, lateness] of [
      ["2026-11-22T23:59Z", 1],
      ["2026-11-23T00:00Z", 2],
      ["2026-11-23T12:30Z", 90_000],
      ["2026-11-23T23:59Z", 4],
      ["2026-11-24T00:00Z", 5],
      ["2026-11-25T00:00Z", 6],
    ] as const) {
      await store.record({ minute, recordedAt: Date.parse(minute) + lateness });
    }

    const { minutes } = await store.past({ days: [DAY, "2026-11-25"], pauses: { from: on("00:00") } });

    expect(minutes).toEqual(
      new Map([
        [on("00:00"), 2],
        [on("12:30"), 90_000],
        [on("23:59"), 4],
        ["2026-11-25T00:00Z", 6],
      ]),
    );
  });

  test("past returns each pause that covers a minute of the range, with its reason, in order of time", async () => {
    const store = await createStore();
    const { beat, pause, resume } = onDay(DAY, store);
    await beat("09:00");
    for (const [from, to] of [
      ["10:00", "10:30"],
      ["11:00", "11:30"],
      ["12:00", "12:30"],
    ] as const) {
      await pause(from, `upgrade at ${from}`);
      await resume(to);
    }
    await pause("13:00", "open");
    const pausesIn = async (from: string, to?: string) => {
      const range = to === undefined ? { from: on(from) } : { from: on(from), to: on(to) };
      return (await store.past({ days: [], pauses: range })).pauses;
    };
    const ended = (from: string, to: string) => ({
      from: on(from),
      to: on(to),
      reason: `upgrade at ${from}`,
    });

    expect(await pausesIn("11:30", "12:00")).toEqual([ended("11:00", "11:30"), ended("12:00", "12:30")]);
    expect(await pausesIn("11:31")).toEqual([ended("12:00", "12:30"), { from: on("13:00"), reason: "open" }]);
    expect(await pausesIn("14:00", "15:00")).toEqual([{ from: on("13:00"), reason: "open" }]);
    expect(await pausesIn("10:31", "10:59")).toEqual([]);
  });

  test("past leaves out a pause that ended before its first minute", async () => {
    const store = await createStore();
    const { beat, pause, resume } = onDay(DAY, store);
    await beat("10:00");
    await pause("10:00:20");
    await resume("10:00:30");

    expect((await store.past({ days: [], pauses: { from: on("00:00") } })).pauses).toEqual([]);
  });
};
