import fc from "fast-check";
import { test, vi } from "vitest";
import { createMemoryStore } from "../../support/fakes/memory-store.ts";
import { play, scripts } from "../../support/fixtures/heart-script.ts";
import { beQuiet } from "../../support/quiet.ts";

// Lives of up to weeks, minute by minute, on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

beQuiet();

test("whatever happens to a heart, and whenever it is paused, it tells what the contract does", async () => {
  await fc.assert(
    fc.asyncProperty(scripts, async (script) => {
      await play(script, createMemoryStore());
    }),
    { numRuns: 200 },
  );
});
