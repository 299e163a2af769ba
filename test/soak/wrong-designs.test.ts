import { expect, inject, test } from "vitest";
import { freshTable } from "../support/databases/table.ts";
import { beQuiet } from "../support/quiet.ts";
import { Violation, type Wrong } from "./bounds.ts";
import { play } from "./play.ts";
import { sampleWorkload } from "./workload.ts";
import { WRONG_DESIGNS } from "./wrong-designs.ts";

const SIZE = { minutes: 200, deliveries: 600, reads: 200, settings: 0, workers: 16 };
const TWICE = ["a minute is counted twice"];
const LOST = ["an acknowledged beat is lost"];

/** The guarantee that each design violates first. */
const FOUND: Record<string, string[]> = {
  "plain ADD": TWICE,
  "the last id, compared": TWICE,
  "the last minute, as a watermark": LOST,
  // A crash between the two writes loses the beat. A retry of the second write after a lost reply counts it twice.
  "a marker, then ADD": [...TWICE, ...LOST],
  "a transaction, guarded by its token alone": TWICE,
};

beQuiet();

test.each(WRONG_DESIGNS)("the soak test detects the wrong design: %s", async (name, design) => {
  const { db, table } = await freshTable(inject("engines").embedded);
  const url = inject("engines").embedded;
  const seed = Math.floor(Math.random() * 1_000_000_000);

  const found: unknown = await play(design, { url, table }, sampleWorkload(SIZE, seed)).catch(
    (error) => error,
  );

  db.destroy();
  expect(found, `seed ${seed}`).toBeInstanceOf(Violation);
  const { wrong, deliveries }: { wrong: Wrong; deliveries: number } = Object(found);
  console.log(`${name}: ${found}, after ${deliveries} deliveries, with seed ${seed}`);
  expect(FOUND[name]).toContain(wrong);
  expect(deliveries).toBeLessThan(SIZE.deliveries);
});
