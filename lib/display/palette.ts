import type { State } from "../schemas/status.ts";

/**
 * The colors of the page and of the badge. As text on `paper`, each but `line` and `counted` has the contrast of WCAG AA,
 * 4.5 to 1, and so has white text on those of `LIGHT`. `counted` is the green of bars: it differs from `red` in lightness
 * too, for readers who cannot distinguish red and green.
 */
export const LIGHT = {
  paper: "#fbfaf6",
  ink: "#17211c",
  soft: "#56625b",
  line: "#dcded6",
  green: "#0a7648",
  counted: "#5fb58f",
  amber: "#b45309",
  red: "#bd2130",
  blue: "#3a55a4",
  grey: "#55616b",
};

export const DARK: typeof LIGHT = {
  paper: "#0c1210",
  ink: "#edf3ee",
  soft: "#9daaa2",
  line: "#26302b",
  green: "#45d897",
  counted: "#2a6b4f",
  amber: "#f7b64c",
  red: "#ff7a75",
  blue: "#9fb4ff",
  grey: "#a6b3bd",
};

export const COLORS: Record<State | "unknown", "green" | "amber" | "red" | "blue" | "grey"> = {
  new: "grey",
  up: "green",
  late: "amber",
  down: "red",
  paused: "blue",
  unknown: "grey",
};

/** The custom properties of a style sheet, one for each color. */
export const toProperties = (colors: typeof LIGHT): string =>
  Object.entries(colors)
    .map(([name, color]) => `--${name}:${color};`)
    .join("");
