import { afterAll, describe, expect, inject, test } from "vitest";
import { freshTable } from "../support/databases/table.ts";
import { beQuiet } from "../support/quiet.ts";
import { theHeart } from "./heart.ts";
import { type Size, sampleHistory } from "./history.ts";
import { type Figures, play } from "./play.ts";

/** SOAK_SEED=<seed> plays that one again, and its successors. */
const FIRST_SEED = Number(process.env["SOAK_SEED"] ?? Math.floor(Math.random() * 1_000_000_000));
const SOAKS = [
  {
    engine: "embedded",
    seeds: 5,
    size: { minutes: 500, deliveries: 1_500, reads: 150, settings: 30, workers: 16 },
  },
  { engine: "local", seeds: 1, size: { minutes: 100, deliveries: 300, reads: 50, settings: 6, workers: 16 } },
] as const satisfies { engine: string; seeds: number; size: Size }[];

describe.each(SOAKS)(
  "$size.deliveries deliveries of $size.minutes minutes, $size.workers at once, on the $engine engine",
  ({ engine, seeds, size }) => {
    beQuiet();
    const url = inject("engines")[engine];
    const table: (Figures & { seed: number; seconds: number })[] = [];
    afterAll(() => console.table(table));

    test.skipIf(url === undefined).each(Array.from({ length: seeds }, (_, n) => FIRST_SEED + n))(
      "count each minute once, whatever fails, by seed %i",
      async (seed) => {
        const { table: name } = await freshTable(url ?? "");
        const begun = Date.now();

        const figures = await play(theHeart, { url: url ?? "", table: name }, sampleHistory(size, seed));

        table.push({ seed, ...figures, seconds: Math.round((Date.now() - begun) / 100) / 10 });
        const minutes = size.minutes - figures.covered;
        expect(figures).toMatchObject({ stored: minutes, counted: minutes });
        expect(figures.covered).toBeGreaterThan(0);
        // Faults did happen, or nothing is proven.
        expect(figures.crashes).toBeGreaterThan(size.minutes / 20);
        expect(figures.retries).toBeGreaterThan(size.minutes / 20);
      },
    );
  },
);
