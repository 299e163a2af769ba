import { describe, expect, test } from "vitest";
import { loadRules } from "../../lib/rules.ts";

const WEEK = 604_800;
/** A number as one, and what is none as the text that it is. */
const shown = (value: string) => (/^\d{1,9}$/.test(value) ? value : JSON.stringify(value));

describe("the rules", () => {
  test.each([
    [{}, { lateAfter: 120, downAfter: 240 }],
    [{ LATE_AFTER: "180" }, { lateAfter: 180, downAfter: 240 }],
    [{ DOWN_AFTER: "121" }, { lateAfter: 120, downAfter: 121 }],
    [
      { LATE_AFTER: "600", DOWN_AFTER: String(WEEK) },
      { lateAfter: 600, downAfter: WEEK },
    ],
  ])("of %j are %j", (env, rules) => {
    expect(loadRules(env)).toEqual(rules);
  });

  test.each(["", "119", "604800", "0", "-120", "120.5", "2m", "1e3", " 120", "9999999999"])(
    "LATE_AFTER=%j is refused by name",
    (LATE_AFTER) => {
      expect(() => loadRules({ LATE_AFTER })).toThrow(
        `LATE_AFTER must be whole seconds, at least 120 and less than 604800 (7 days), not ${shown(LATE_AFTER)}`,
      );
    },
  );

  test.each(["", "120", "x", "604801"])("DOWN_AFTER=%j is refused by name", (DOWN_AFTER) => {
    expect(() => loadRules({ DOWN_AFTER })).toThrow(
      `DOWN_AFTER must be whole seconds, more than LATE_AFTER, 120, and at most 604800 (7 days), not ${shown(DOWN_AFTER)}`,
    );
  });

  test("LATE_AFTER above the default of DOWN_AFTER asks for a DOWN_AFTER too", () => {
    expect(() => loadRules({ LATE_AFTER: "240" })).toThrow(
      "DOWN_AFTER must be whole seconds, more than LATE_AFTER, 240, and at most 604800 (7 days), not 240",
    );
  });
});
