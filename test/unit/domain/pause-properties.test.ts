import fc from "fast-check";
import { test, vi } from "vitest";
import { createMemoryStore } from "../../support/fakes/memory-store.ts";
import { playSteps, randomSteps } from "../../support/fixtures/random-steps.ts";
import { beQuiet } from "../../support/quiet.ts";

// Lives of up to weeks, minute by minute, on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

beQuiet();

test("whatever happens to a heart, and whenever it is paused, it tells what the contract does", async () => {
  await fc.assert(
    fc.asyncProperty(randomSteps, async (script) => {
      await playSteps(script, createMemoryStore());
    }),
    { numRuns: 200 },
  );
});
