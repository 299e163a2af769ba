/** One row of the table. */
export interface Figure {
  what: string;
  value: number;
  unit?: "B" | "kB" | undefined;
  /** Absent if the figure has no goal. */
  goal?: { atMost: number } | { atLeast: number } | undefined;
  /** The value of each round. */
  rounds?: number[] | undefined;
}

export const median = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const [low = Number.NaN, high = low] = sorted.slice((sorted.length - 1) >> 1, (sorted.length >> 1) + 1);
  return (low + high) / 2;
};

/** Compares round by round, so that a temporary load of the machine affects both sides. */
export const ratio = (
  what: string,
  ours: readonly number[],
  reference: readonly number[],
  goal?: Figure["goal"],
): Figure => {
  const rounds = ours.map((own, round) => own / (reference[round] ?? Number.NaN));
  return { what, value: median(rounds), goal, rounds };
};

const isMet = ({ value, goal }: Figure): boolean | undefined => {
  if (goal === undefined) return undefined;
  return "atMost" in goal ? value <= goal.atMost : value >= goal.atLeast;
};

const toGoal = (goal: Figure["goal"]): string => {
  if (goal === undefined) return "";
  return "atMost" in goal ? `≤ ${goal.atMost}` : `≥ ${goal.atLeast}`;
};

export const toTable = (figures: readonly Figure[]): string =>
  [
    "| what | measured | goal | met |",
    "| --- | --- | --- | --- |",
    ...figures.map((figure) => {
      const { what, value, unit, goal } = figure;
      const shown = unit === undefined ? value.toFixed(2) : `${value} ${unit}`;
      const met = { true: "yes", false: "no", undefined: "" }[String(isMet(figure))];
      return `| ${what} | ${shown} | ${toGoal(goal)} | ${met} |`;
    }),
  ].join("\n");
