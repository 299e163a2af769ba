import fc from "fast-check";
import { test, vi } from "vitest";
import { createMemoryStore } from "../../support/fakes/memory-store.ts";
import { playSteps, randomSteps } from "../../support/fixtures/random-steps.ts";
import { beQuiet } from "../../support/quiet.ts";

// The scripts last up to weeks, minute by minute.
vi.setConfig({ testTimeout: 120_000 });

beQuiet();

test("the service agrees with the reference model for any script of beats and pauses", async () => {
  await fc.assert(
    fc.asyncProperty(randomSteps, async (script) => {
      await playSteps(script, createMemoryStore());
    }),
    { numRuns: 200 },
  );
});
