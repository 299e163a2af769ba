import { describe, expect, test } from "vitest";
import { loadThresholds } from "../../../lib/domain/thresholds.ts";
import { pulse } from "../../../lib/pulse/pulse.ts";
import { historyOf, minutesFrom } from "../../support/fixtures/history.ts";

const WEEK = 604_800;
/** The value as the message shows it: a number without quotes, other text with them. */
const shown = (value: string) => (/^\d{1,9}$/.test(value) ? value : JSON.stringify(value));

describe("loadThresholds", () => {
  test.each([
    [{}, { lateAfter: 150, downAfter: 270 }],
    [{ LATE_AFTER: "180" }, { lateAfter: 180, downAfter: 270 }],
    [
      { LATE_AFTER: "130", DOWN_AFTER: "131" },
      { lateAfter: 130, downAfter: 131 },
    ],
    [
      { LATE_AFTER: "600", DOWN_AFTER: String(WEEK) },
      { lateAfter: 600, downAfter: WEEK },
    ],
  ])("returns for %j %j", (env, thresholds) => {
    expect(loadThresholds(env)).toEqual({ ...thresholds, every: 1 });
  });

  test.each(["", "129", "604800", "0", "-150", "150.5", "2m", "1e3", " 150", "9999999999"])(
    "throws an error that names LATE_AFTER for %j",
    (LATE_AFTER) => {
      expect(() => loadThresholds({ LATE_AFTER })).toThrow(
        `LATE_AFTER must be whole seconds, at least 130 and less than 604800 (7 days), not ${shown(LATE_AFTER)}`,
      );
    },
  );

  test.each(["", "150", "x", "604801"])("throws an error that names DOWN_AFTER for %j", (DOWN_AFTER) => {
    expect(() => loadThresholds({ DOWN_AFTER })).toThrow(
      `DOWN_AFTER must be whole seconds, more than LATE_AFTER (150) and at most 604800 (7 days), not ${shown(DOWN_AFTER)}`,
    );
  });

  test("requires DOWN_AFTER if LATE_AFTER is at least its default", () => {
    expect(() => loadThresholds({ LATE_AFTER: "270" })).toThrow(
      "DOWN_AFTER must be whole seconds, more than LATE_AFTER (270) and at most 604800 (7 days), not 270",
    );
  });
});

describe("with the default thresholds", () => {
  const thresholds = loadThresholds({});
  /** The state just before the next beat arrives: EventBridge sends it at `second`, and delivery takes `delivery` s. */
  const justBefore = (missed: number, second: number, delivery: number) => {
    const facts = {
      born: "2026-11-23T22:00Z",
      beaten: minutesFrom("2026-11-23T22:00Z", "2026-11-23T22:40Z"),
    };
    const next = Date.parse("2026-11-23T22:41Z") + (missed * 60 + second + delivery) * 1_000;
    return pulse(historyOf(facts), next - 1, thresholds).state;
  };

  test.each([0, 30, 59])(
    "the state stays up when events are sent at second %i and delivered in 10 s",
    (second) => {
      expect(justBefore(0, second, 10)).toBe("up");
    },
  );

  test.each([0, 30, 59])("two missed minutes are not down when events are sent at second %i", (second) => {
    expect(justBefore(2, second, 10)).toBe("late");
  });

  test("the state is down when the third minute is missed", () => {
    const facts = {
      born: "2026-11-23T22:00Z",
      beaten: minutesFrom("2026-11-23T22:00Z", "2026-11-23T22:40Z"),
    };
    const at = (time: string) => pulse(historyOf(facts), Date.parse(`2026-11-23T${time}Z`), thresholds);

    expect(["22:44:29", "22:44:30"].map(at).map(({ state, missed }) => [state, missed])).toEqual([
      ["late", 2],
      ["down", 3],
    ]);
  });
});
