import { expect, test } from "vitest";
import type { BeatStore } from "../../lib/beat-store.ts";
import { startOf } from "../../lib/minute.ts";

const beatOf = (minute: string, lateness = 1_000) => ({ minute, recordedAt: startOf(minute) + lateness });

/** What every store of beats keeps, whatever it is made of. Each test gets an empty one. */
export const testBeatStore = (createStore: () => Promise<BeatStore>): void => {
  test("counts nothing before the first beat", async () => {
    const store = await createStore();

    expect(await store.count()).toBe(0);
  });

  test("counts a minute once, and says of each other delivery that it is stored", async () => {
    const store = await createStore();

    const outcomes = [
      await store.record(beatOf("2026-11-23T22:40Z")),
      await store.record(beatOf("2026-11-23T22:40Z")),
      await store.record(beatOf("2026-11-23T22:40Z", 3_600_000)),
    ];

    expect(outcomes).toEqual(["counted", "stored", "stored"]);
    expect(await store.count()).toBe(1);
  });

  test("counts each of two minutes, whichever comes first", async () => {
    const store = await createStore();

    const outcomes = [
      await store.record(beatOf("2026-11-23T22:41Z")),
      await store.record(beatOf("2026-11-23T22:40Z", 65_000)),
      await store.record(beatOf("2026-11-23T22:41Z", 70_000)),
      await store.record(beatOf("2026-11-23T22:40Z", 130_000)),
    ];

    expect(outcomes).toEqual(["counted", "counted", "stored", "stored"]);
    expect(await store.count()).toBe(2);
  });

  test("counts a minute that comes years after its successors", async () => {
    const store = await createStore();

    await store.record(beatOf("2026-11-23T22:40Z"));
    const outcome = await store.record(beatOf("2018-08-20T14:38Z", 8 * 365 * 86_400_000));

    expect(outcome).toBe("counted");
    expect(await store.count()).toBe(2);
  });

  test("keeps equal minutes of different hours, days, months and years apart", async () => {
    const store = await createStore();
    const minutes = ["2026-11-23T22:40Z", "2026-11-23T23:40Z", "2026-11-24T22:40Z", "2026-12-23T22:40Z"];

    for (const minute of [...minutes, "2027-11-23T22:40Z"]) await store.record(beatOf(minute));

    expect(await store.count()).toBe(5);
  });

  test("counts one of many deliveries of a minute that come at once", async () => {
    const store = await createStore();

    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, n) => store.record(beatOf("2026-11-23T22:40Z", n))),
    );

    expect(outcomes.filter((outcome) => outcome === "counted")).toEqual(["counted"]);
    expect(await store.count()).toBe(1);
  });

  test("counts all of many minutes that come at once", async () => {
    const store = await createStore();
    const minutes = Array.from({ length: 40 }, (_, n) => `2026-11-23T22:${String(n + 10)}Z`);

    const outcomes = await Promise.all(minutes.map((minute) => store.record(beatOf(minute))));

    expect(new Set(outcomes)).toEqual(new Set(["counted"]));
    expect(await store.count()).toBe(40);
  });
};
