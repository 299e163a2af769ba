import fc from "fast-check";
import { expect, inject, it } from "vitest";
import { fromIndex, toIndex } from "../../lib/domain/minute.ts";
import { createBeatStore } from "../../lib/dynamodb/beat-store.ts";
import { atOnce } from "../support/at-once.ts";
import { freshTable, storedRows } from "../support/databases/table.ts";
import { describeOnEngines } from "../support/optional/needs.ts";
import { beQuiet } from "../support/quiet.ts";
import { play } from "./play.ts";
import { serviceDesign } from "./service-design.ts";
import { smallWorkload } from "./workload.ts";

const RUNS = { embedded: 15, local: 3 };

/** Runs in parallel, because a run mostly waits for timeouts and between retries. */
const AT_ONCE = 8;
/** Enough time to shrink a failing workload. */
const LIMITS = { interruptAfterTimeLimit: 240_000, markInterruptAsFailure: true };

/** fast-check prints the seed and the path of a failure. Add both to the options beside `numRuns` to replay it. */
describeOnEngines("on the %s engine", (engine) => {
  const runs = RUNS[engine];
  const url = inject("engines")[engine] ?? "";
  const empty = () => freshTable(url);
  beQuiet();

  it("any workload ends with each delivered minute counted once or covered, whatever requests fail", async () => {
    const ends = fc.asyncProperty(smallWorkload, async (workload) => {
      const { db, table } = await empty();
      db.destroy();

      await play(serviceDesign, { url, table }, workload);
    });
    const check = () => fc.assert(ends, { numRuns: runs, ...LIMITS });
    await Promise.all(Array.from({ length: AT_ONCE }, check));
  });

  it("any order of the same deliveries produces the same rows, at the same clock", async () => {
    const first = toIndex("2026-11-30T23:40Z");
    const minutes = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 25 });
    const orders = minutes.chain((order) =>
      fc.record({
        order: fc.constant(order),
        another: fc.shuffledSubarray(order, { minLength: order.length }),
        clock: fc.integer({ min: 0, max: 60 }),
        workers: fc.integer({ min: 1, max: 8 }),
      }),
    );
    const ends = fc.asyncProperty(orders, async ({ order, another, clock, workers }) => {
      const rowsAfter = async (minutes: readonly number[], limit: number) => {
        const { db, table } = await empty();
        const store = createBeatStore({ db: db, name: table });
        const recordedAt = (first + clock) * 60_000;
        await atOnce(limit, minutes, (minute) =>
          store.record({ minute: fromIndex(first + minute), recordedAt }),
        );
        const rows = await storedRows(db, table);
        db.destroy();
        return rows;
      };

      expect(await rowsAfter(another, workers)).toEqual(await rowsAfter(order, 1));
    });
    await fc.assert(ends, { numRuns: runs * AT_ONCE, ...LIMITS });
  });
});
