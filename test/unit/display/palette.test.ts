import { describe, expect, test } from "vitest";
import { DARK, LIGHT } from "../../../lib/display/palette.ts";

/** The relative luminance of WCAG 2. */
const luminanceOf = (color: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const contrastOf = (one: string, other: string): number => {
  const [dark = 0, light = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
};

describe.each([
  ["light", LIGHT],
  ["dark", DARK],
])("the %s colors", (_, { paper, line, counted, ...texts }) => {
  test.each(Object.entries(texts))("have %s text with a contrast of at least 4.5 to 1", (_name, color) => {
    expect(contrastOf(color, paper)).toBeGreaterThanOrEqual(4.5);
  });

  test("show counted beside missed and paused with a contrast of at least 2.4 to 1", () => {
    expect(contrastOf(counted, texts.red)).toBeGreaterThanOrEqual(2.4);
    expect(contrastOf(counted, texts.blue)).toBeGreaterThanOrEqual(2.4);
  });

  test("distinguish counted from the time before the first beat", () => {
    expect(contrastOf(counted, line)).toBeGreaterThanOrEqual(1.8);
  });
});
