import fc from "fast-check";
import { test, vi } from "vitest";
import { createMemoryStore } from "../../support/fakes/memory-store.ts";
import { play, scripts } from "../../support/fixtures/heart-script.ts";
import { beQuiet } from "../../support/quiet.ts";

// The scripts last up to weeks, minute by minute.
vi.setConfig({ testTimeout: 120_000 });

beQuiet();

test("the service agrees with the reference model for any script of beats and pauses", async () => {
  await fc.assert(
    fc.asyncProperty(scripts, async (script) => {
      await play(script, createMemoryStore());
    }),
    { numRuns: 200 },
  );
});
