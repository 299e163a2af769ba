import { expect, test } from "vitest";
import { formatValue } from "../../../lib/text/format-value.ts";

test.each([
  ["80 characters", "x".repeat(78), `"${"x".repeat(78)}"`],
  ["81 characters", "x".repeat(79), `"${"x".repeat(79)}…`],
  ["an emoji of 2 code units at the limit", `${"x".repeat(78)}💔💔`, `"${"x".repeat(78)}💔…`],
  ["an emoji of 7 code points at the limit", `${"x".repeat(78)}👩‍👩‍👧‍👦💔`, `"${"x".repeat(78)}👩‍👩‍👧‍👦…`],
  ["a million characters", "é".repeat(1_000_000), `"${"é".repeat(79)}…`],
])("formats a text of %s, cut between whole characters", (_, text, shown) => {
  expect(formatValue(text)).toBe(shown);
});
