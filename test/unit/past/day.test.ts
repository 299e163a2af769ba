import { describe, expect, test } from "vitest";
import event from "../../../events/pulse.json" with { type: "json" };
import { createPulseHandler } from "../../../handlers/factories/pulse.ts";
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
      isUnborn: false,
      isFuture: false,
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
    const { hours, isUnborn, uptime } = await readDay(
      await dayWithOutageAndPause(),
      "2026-11-20",
      NOW,
      STAGE,
    );

    expect(new Set(hours.flatMap(({ marks }) => marks))).toEqual(new Set([null]));
    expect({ isUnborn, uptime }).toEqual({ isUnborn: true, uptime: null });
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
    expect(body).toContain("2026-11-21 10:00 – 10:04");
    expect(body).toContain("database &#60;upgrade&#62;");
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
