import fc from "fast-check";
import { describe, expect, inject, test } from "vitest";
import { createDynamoStore } from "../../lib/dynamodb-store.ts";
import { fromIndex, toIndex } from "../../lib/minute.ts";
import { atOnce } from "../support/at-once.ts";
import { freshTable, storedRows } from "../support/table.ts";
import { theHeart } from "./heart.ts";
import { smallHistory } from "./history.ts";
import { play } from "./play.ts";
import { keepQuiet } from "./quiet.ts";

/** fast-check prints the seed of a failure, and its path: give them beside the number of runs to see it again. */
const ENGINES = [
  { engine: "embedded", runs: 60 },
  { engine: "local", runs: 12 },
] as const;

describe.each(ENGINES)("on the $engine engine", ({ engine, runs }) => {
  const url = inject("engines")[engine];
  keepQuiet();

  test.skipIf(url === undefined)(
    "any history ends as a set of minutes does, whatever fails on the way",
    async () => {
      await fc.assert(
        fc.asyncProperty(smallHistory, async (history) => {
          const { db, table } = await freshTable(url ?? "");
          db.destroy();

          await play(theHeart, { url: url ?? "", table }, history);
        }),
        { numRuns: runs, endOnFailure: false, interruptAfterTimeLimit: 120_000 },
      );
    },
  );

  test.skipIf(url === undefined)(
    "any order of deliveries ends in the same rows, by one and the same clock",
    async () => {
      const first = toIndex("2026-11-30T23:40Z");
      const deliveries = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 25 });
      const order = deliveries.chain((minutes) =>
        fc.tuple(
          fc.constant(minutes),
          fc.shuffledSubarray(minutes, { minLength: minutes.length }),
          fc.integer({ min: 0, max: 60 }),
          fc.integer({ min: 1, max: 8 }),
        ),
      );
      await fc.assert(
        fc.asyncProperty(order, async ([minutes, shuffled, clock, workers]) => {
          const rowsAfter = async (order: readonly number[], limit: number) => {
            const { db, table } = await freshTable(url ?? "");
            const store = createDynamoStore(db, table);
            const recordedAt = (first + clock) * 60_000;
            await atOnce(limit, order, (minute) =>
              store.record({ minute: fromIndex(first + minute), recordedAt }),
            );
            const rows = await storedRows(db, table);
            db.destroy();
            return rows;
          };

          expect(await rowsAfter(shuffled, workers)).toEqual(await rowsAfter(minutes, 1));
        }),
        { numRuns: runs },
      );
    },
  );
});
