import { afterAll, describe, expect, inject, test } from "vitest";
import { freshTable } from "../support/databases/table.ts";
import { needsEngine } from "../support/optional/needs.ts";
import { beQuiet } from "../support/quiet.ts";
import { type Figures, play } from "./play.ts";
import { serviceDesign } from "./service-design.ts";
import { type Size, sampleWorkload } from "./workload.ts";

/** SOAK_SEED=<seed> replays the workloads of that seed and the following ones. */
const FIRST_SEED = Number(process.env["SOAK_SEED"] ?? Math.floor(Math.random() * 1_000_000_000));
const SOAKS = [
  {
    engine: "embedded",
    seeds: 5,
    size: { minutes: 500, deliveries: 1_500, reads: 150, settings: 30, workers: 16 },
  },
  { engine: "local", seeds: 1, size: { minutes: 100, deliveries: 300, reads: 50, settings: 6, workers: 16 } },
] as const satisfies { engine: string; seeds: number; size: Size }[];

for (const { engine, seeds, size } of SOAKS) {
  const { deliveries, minutes, workers } = size;
  const title = `${deliveries} deliveries of ${minutes} minutes by ${workers} instances on the ${engine} engine`;
  describe(title, needsEngine(engine), () => {
    beQuiet();
    const url = inject("engines")[engine] ?? "";
    const table: (Figures & { seed: number; seconds: number })[] = [];
    afterAll(() => console.table(table));

    test.each(Array.from({ length: seeds }, (_, n) => FIRST_SEED + n))(
      "count each minute once, whatever requests fail, for seed %i",
      async (seed) => {
        const { table: name } = await freshTable(url);
        const begun = Date.now();

        const figures = await play(serviceDesign, { url, table: name }, sampleWorkload(size, seed));

        table.push({ seed, ...figures, seconds: Math.round((Date.now() - begun) / 100) / 10 });
        const notCovered = minutes - figures.covered;
        expect(figures).toMatchObject({ stored: notCovered, counted: notCovered });
        expect(figures.covered).toBeGreaterThan(0);
        // Without faults the test would prove nothing.
        expect(figures.crashes).toBeGreaterThan(minutes / 20);
        expect(figures.retries).toBeGreaterThan(minutes / 20);
      },
    );
  });
}
