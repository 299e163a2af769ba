import fc from "fast-check";
import { expect, inject, test } from "vitest";
import type { BeatStore } from "../../lib/domain/beat-store.ts";
import { recentPauses } from "../../lib/domain/pauses.ts";
import { createBeatStore } from "../../lib/dynamodb/beat-store.ts";
import { createSettingsStore } from "../../lib/dynamodb/settings-store.ts";
import { recount } from "../../tools/cli/audit/recount.ts";
import { readRows } from "../../tools/cli/audit/table-io.ts";
import { freshTable } from "../support/databases/table.ts";
import { createMemoryStore } from "../support/fakes/memory-store.ts";
import { playSteps, randomSteps } from "../support/fixtures/random-steps.ts";
import { describeOnEngines } from "../support/optional/needs.ts";
import { beQuiet } from "../support/quiet.ts";

const RUNS = { embedded: 20, local: 5 };

beQuiet();

/** The whole history. The memory store keeps pauses for ever, so pauses are reduced to those that a snapshot reads. */
const historyOf = async (store: BeatStore, now: number) => {
  const history = await store.read({ minutes: { from: "" }, days: { from: "" } });
  return { ...history, pauses: recentPauses(history.pauses, {}, now) };
};

describeOnEngines("the store on the %s engine", (engine) => {
  test("agrees with the reference model and the memory store, and passes the audit", async () => {
    const url = inject("engines")[engine] ?? "";
    await fc.assert(
      fc.asyncProperty(randomSteps, async (steps) => {
        const { db, table } = await freshTable(url);
        const store = {
          ...createBeatStore({ db: db, name: table }),
          ...createSettingsStore({ db: db, name: table }),
        };
        const memory = createMemoryStore();

        const now = await playSteps(steps, store);
        await playSteps(steps, memory);

        expect(await historyOf(store, now)).toEqual(await historyOf(memory, now));
        expect(recount(await readRows(db, table), now)).toMatchObject({
          minutes: await store.count(),
          differences: [],
          faults: [],
        });
      }),
      { numRuns: RUNS[engine] },
    );
  }, 300_000);
});
