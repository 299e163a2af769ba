import { describe, expect, test } from "vitest";
import event from "../../../events/pulse.json" with { type: "json" };
import { createPulseHandler } from "../../../handlers/factories/pulse.ts";
import { defaultThresholds } from "../../../lib/domain/interval.ts";
import { readDay, toDay } from "../../../lib/past/day.ts";
import { DEFAULT_NAMES } from "../../../lib/service/names.ts";
import { createMemoryStore } from "../../support/fakes/memory-store.ts";
import { minutesFrom } from "../../support/fixtures/history.ts";
import { onDay, STAGE } from "../../support/fixtures/store-on-day.ts";

const DAY = "2026-11-21";
const NOW = Date.parse("2026-11-23T22:40:34Z");

/** Beats from 09:00 to the end of the day, without 10:00 to 10:04, and a pause from 12:00 to 12:29. */
const dayWithOutageAndPause = async () => {
  const { store, beat, pause, resume } = onDay(DAY, createMemoryStore());
  const beats = (from: string, to: string) =>
    Promise.all(minutesFrom(`${DAY}T${from}Z`, `${DAY}T${to}Z`).map((minute) => beat(minute.slice(11, 16))));
  await beat("09:00");
  await beats("09:01", "09:59");
  await beats("10:05", "11:59");
  await pause("12:00", "database <upgrade>");
  await resume("12:29");
  await beats("12:30", "23:59");
  return store;
};

const get = async (query: string, store = createMemoryStore(), now = NOW) => {
  const handler = createPulseHandler(store, STAGE, DEFAULT_NAMES, () => now);
  return handler({ ...event, routeKey: "GET /", rawPath: "/", rawQueryString: query });
};

describe("a day", () => {
  test("has its sums, outages, pauses, lateness and the mark of each minute", async () => {
    const { hours, ...day } = await readDay(await dayWithOutageAndPause(), DAY, NOW, STAGE);

    expect(day).toEqual({
      day: DAY,
      beaten: 15 * 60 - 35,
      missed: 5,
      covered: 30,
      uptime: 99.425,
      outages: [
        {
          ...{ from: `${DAY}T10:00Z`, to: `${DAY}T10:04Z` },
          ...{ minutes: 5, isOngoing: false, isAtLeast: false },
        },
      ],
      pauses: [{ from: `${DAY}T12:00Z`, to: `${DAY}T12:29Z`, reason: "database <upgrade>" }],
      lateness: { p50: 48, p95: 48, max: 48 },
      hasNext: true,
      kind: "measured",
      born: `${DAY}T09:00Z`,
      early: 0,
    });
    expect(hours.map(({ from }) => from.slice(11, 13))).toEqual(
      Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, "0")),
    );
    expect(hours[8]?.marks).toEqual(Array(60).fill(null));
    expect(hours[10]?.marks).toEqual([...Array(5).fill("missed"), ...Array(55).fill("beaten")]);
    expect(hours[12]?.marks).toEqual([...Array(30).fill("covered"), ...Array(30).fill("beaten")]);
  });

  test("that has not ended has no mark after the current minute", async () => {
    const now = Date.parse(`${DAY}T10:06:00Z`);
    const { hours, hasNext } = await readDay(await dayWithOutageAndPause(), DAY, now, STAGE);

    expect(hours[10]?.marks.slice(4, 9)).toEqual(["missed", "beaten", "beaten", null, null]);
    expect(hasNext).toBe(false);
  });

  test("before the first recorded beat has no marks", async () => {
    const { hours, kind, uptime } = await readDay(await dayWithOutageAndPause(), "2026-11-20", NOW, STAGE);

    expect(new Set(hours.flatMap(({ marks }) => marks))).toEqual(new Set([null]));
    expect({ kind, uptime }).toEqual({ kind: "before the first beat", uptime: null });
  });
});

describe("the page of a day", () => {
  test("can be cached for an hour when the day is over, and states what happened", async () => {
    const { statusCode, headers, body = "" } = await get(`day=${DAY}`, await dayWithOutageAndPause());

    expect({ statusCode, type: headers?.["content-type"], cache: headers?.["cache-control"] }).toEqual({
      statusCode: 200,
      type: "text/html; charset=utf-8",
      cache: "max-age=3600, must-revalidate",
    });
    expect(body).toContain("865 of 870 beats counted, 5 missed, 99.425 %.");
    expect(body).toContain("<span>2026-11-21 10:00 – 10:05</span> <span>5\u00a0min</span>");
    expect(body).toContain("<span>2026-11-21 12:00 – 12:30</span> <span>database &#60;upgrade&#62;</span>");
    expect(body).toContain('href="?day=2026-11-20"');
    expect(body).toContain('href="?day=2026-11-22"');
    expect(Buffer.byteLength(body)).toBeLessThan(32_000);
  });

  test("of today is revalidated each time and has no link to tomorrow", async () => {
    const { headers, body } = await get("day=2026-11-23", await dayWithOutageAndPause());

    expect(headers?.["cache-control"]).toBe("max-age=0, must-revalidate");
    expect(body).not.toContain("2026-11-24");
  });

  test.each(["2026-11-24", "9999-12-31"])("of %s says that the day has not begun", async (day) => {
    const { statusCode, headers, body } = await get(`day=${day}`, await dayWithOutageAndPause());

    expect([statusCode, headers?.["cache-control"]]).toEqual([200, "max-age=0, must-revalidate"]);
    expect(body).toContain("<p>This day has not begun.</p>");
  });

  describe("says what is known of the beats:", () => {
    /** Beats each minute on two days until 10:04, then one every 5 minutes from 10:05 to 10:15. */
    const withOtherInterval = async () => {
      const store = createMemoryStore();
      const record = (minute: string, every: number) =>
        store.record({ minute, every, recordedAt: Date.parse(minute) });
      for (const minute of minutesFrom("2026-11-20T22:00Z", `${DAY}T10:04Z`)) await record(minute, 1);
      for (const minute of ["10:05", "10:10", "10:15"]) await record(`${DAY}T${minute}Z`, 5);
      return store;
    };
    const wordsOf = async (day: string, store: ReturnType<typeof createMemoryStore>, minutes: number) => {
      const stage = { ...defaultThresholds(minutes), every: minutes };
      const handler = createPulseHandler(store, stage, DEFAULT_NAMES, () => Date.parse(`${DAY}T10:16:00Z`));
      const { body = "" } = await handler({ ...event, routeKey: "GET /", rawQueryString: `day=${day}` });
      const outages = body.split("<h2>Outages</h2>")[1]?.split("</section>")[0];
      return [body.split("</h1>")[1]?.split("<section>")[0]?.trim(), outages];
    };

    test("none of a service without any beat, on a past day and today", async () => {
      const words = ["<p>No beat has been recorded yet.</p>", "<p>Not measured.</p>"];

      expect(await wordsOf("2026-11-20", createMemoryStore(), 1)).toEqual(words);
      expect(await wordsOf(DAY, createMemoryStore(), 1)).toEqual(words);
    });

    test("none on a day before the first beat", async () => {
      expect(await wordsOf("2026-11-20", await dayWithOutageAndPause(), 1)).toEqual([
        "<p>The first beat was recorded after this day.</p>",
        "<p>Not measured.</p>",
      ]);
    });

    test("their number on a day of an earlier interval", async () => {
      expect(await wordsOf("2026-11-20", await withOtherInterval(), 5)).toEqual([
        "<p>120 beats counted. Missed beats are known only since 2026-11-21 10:05 UTC, the start of the statistics.</p>",
        "<p>Not measured.</p>",
      ]);
    });

    test("none on a day before those of an earlier interval", async () => {
      expect(await wordsOf("2026-11-19", await withOtherInterval(), 5)).toEqual([
        "<p>0 beats counted. Missed beats are known only since 2026-11-21 10:05 UTC, the start of the statistics.</p>",
        "<p>Not measured.</p>",
      ]);
    });

    test("the number of those before the change on the day on which the interval changed", async () => {
      expect(await wordsOf(DAY, await withOtherInterval(), 5)).toEqual([
        "<p>3 of 3 beats counted, 0 missed, 100 %. 605 more were counted before 2026-11-21 10:05 UTC, the start of the statistics. All times are UTC.</p>",
        "<p>None.</p>",
      ]);
    });
  });

  test("of the largest content stays below 32 kB", async () => {
    const { store, beat, pause, resume } = onDay(DAY, createMemoryStore());
    await beat("00:00");
    for (let hour = 0; hour < 24; hour++) {
      const at = (minute: number) => `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
      for (let minute = 2; minute < 52; minute += 2) await beat(at(minute));
      await pause(at(55), "&".repeat(200));
      await resume(at(56));
    }

    const { body = "" } = await get(`day=${DAY}`, store);

    expect(Buffer.byteLength(body)).toBeLessThan(32_000);
  });
});

describe("the parameter day", () => {
  test("is absent without the parameter, and other parameters are ignored", () => {
    expect([toDay(""), toDay("utm_source=mail")]).toEqual([undefined, undefined]);
  });

  test("accepts each day of the calendar", () => {
    const days = ["2018-08-20", "2026-11-23", "0000-01-01", "9999-12-31"];

    expect(days.map((day) => toDay(`day=${day}`))).toEqual(days);
  });

  test.each(["2026-02-30", "yesterday", "", "2026-11-23T00:00Z", "12026-11-23"])(
    "returns 400 for %j",
    async (day) => {
      const { statusCode, headers, body = "" } = await get(`day=${day}`);

      expect({ statusCode, type: headers?.["content-type"], detail: JSON.parse(body).detail }).toEqual({
        statusCode: 400,
        type: "application/problem+json",
        detail: `day must be a UTC day like 2026-11-23, not ${JSON.stringify(day)}`,
      });
    },
  );

  test("returns 400 if it is repeated", async () => {
    const { statusCode, body = "" } = await get("day=2026-11-21&day=2026-11-22");

    expect([statusCode, JSON.parse(body).detail]).toEqual([400, "day must not be repeated"]);
  });
});
