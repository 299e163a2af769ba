import fc from "fast-check";
import { expect, inject, test } from "vitest";
import { INTERVALS } from "../../lib/domain/interval.ts";
import { freshTable } from "../support/databases/table.ts";
import { describeOnEngines } from "../support/optional/needs.ts";
import { beQuiet } from "../support/quiet.ts";
import { play, START } from "./play.ts";
import { type Design, serviceDesign } from "./service-design.ts";
import { type Workload, workloadOf } from "./workload.ts";

const RUNS = { embedded: 4, local: 1 };
const MINUTES = 60;

/** Deliveries of an hour, of which every twelve minutes have another interval, also when they are delivered late. */
const workloads = fc.record({
  workload: workloadOf({ minutes: MINUTES, deliveries: 140, reads: 12, settings: 4, workers: 6 }),
  intervals: fc.array(fc.constantFrom(...INTERVALS), { minLength: 5, maxLength: 5 }),
});

/** The slots of all deliveries, counted from the epoch in minutes. */
const slotsOf = ({ operations }: Workload, intervalOf: (minute: number) => number) =>
  new Set(
    operations.flatMap((operation) => {
      if (operation.kind !== "deliver") return [];
      const minute = START + operation.minute;
      return [minute - (minute % intervalOf(minute))];
    }),
  );

describeOnEngines("on the %s engine", (engine) => {
  const url = inject("engines")[engine] ?? "";
  beQuiet();

  test("changes of the interval count each slot once, and every sum agrees, whatever requests fail", async () => {
    await fc.assert(
      fc.asyncProperty(workloads, async ({ workload, intervals }) => {
        const { db, table } = await freshTable(url);
        db.destroy();
        const intervalOf = (minute: number) => intervals[Math.floor((minute % MINUTES) / 12)] ?? 1;
        const design: Design = (client, name) =>
          serviceDesign(client, name, { everyAt: (time) => intervalOf(Math.floor(time / 60_000)) });

        const { stored, counted, covered } = await play(design, { url, table }, workload, intervalOf);

        expect(counted).toBe(stored);
        expect(stored + covered).toBe(slotsOf(workload, intervalOf).size);
      }),
      { numRuns: RUNS[engine], interruptAfterTimeLimit: 240_000, markInterruptAsFailure: false },
    );
  });
});
