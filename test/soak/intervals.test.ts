import fc from "fast-check";
import { expect, inject, test } from "vitest";
import { INTERVALS } from "../../lib/domain/interval.ts";
import { freshTable } from "../support/databases/table.ts";
import { describeOnEngines } from "../support/optional/needs.ts";
import { beQuiet } from "../support/quiet.ts";
import { play } from "./play.ts";
import { type Design, serviceDesign } from "./service-design.ts";
import { workloadOf } from "./workload.ts";

const RUNS = { embedded: 4, local: 1 };
const MINUTES = 60;

/** Deliveries of an hour, of which every twelve minutes have another interval, also when they are delivered late. */
const workloads = fc.record({
  workload: workloadOf({ minutes: MINUTES, deliveries: 140, reads: 12, settings: 4, workers: 6 }),
  intervals: fc.array(fc.constantFrom(...INTERVALS), { minLength: 5, maxLength: 5 }),
});

describeOnEngines("on the %s engine", (engine) => {
  const url = inject("engines")[engine] ?? "";
  beQuiet();

  test("changes of the interval count each slot once, and every sum agrees, whatever requests fail", async () => {
    const counts: number[] = [];
    await fc.assert(
      fc.asyncProperty(workloads, async ({ workload, intervals }) => {
        const { db, table } = await freshTable(url);
        db.destroy();
        const intervalOf = (minute: number) => intervals[Math.floor((minute % MINUTES) / 12)] ?? 1;
        const design: Design = (client, name) =>
          serviceDesign(client, name, { everyAt: (time) => intervalOf(Math.floor(time / 60_000)) });

        const { stored, counted } = await play(design, { url, table }, workload, intervalOf);

        expect(counted).toBe(stored);
        counts.push(stored);
      }),
      { numRuns: RUNS[engine], interruptAfterTimeLimit: 240_000, markInterruptAsFailure: false },
    );
    expect(Math.max(...counts)).toBeGreaterThan(5);
  });
});
