import { expect, inject, test } from "vitest";
import { freshTable } from "../support/databases/table.ts";
import { beQuiet } from "../support/quiet.ts";
import { sampleHistory } from "./history.ts";
import { Violation, type Wrong } from "./model.ts";
import { play } from "./play.ts";
import { WRONG_HEARTS } from "./wrong-hearts.ts";

const SIZE = { minutes: 200, deliveries: 600, reads: 200, settings: 0, workers: 16 };
const TWICE = ["a minute is counted twice"];
const LOST = ["an acknowledged beat is lost"];

/** What each breaks first. */
const FOUND: Record<string, string[]> = {
  "plain ADD": TWICE,
  "the last id, compared": TWICE,
  "the last minute, as a watermark": LOST,
  // Lost, where it dies between the two; twice, where the second is tried again after a lost answer.
  "a marker, then ADD": [...TWICE, ...LOST],
  "a transaction, guarded by its token alone": TWICE,
};

beQuiet();

test.each(WRONG_HEARTS)("the soak finds out the design of %s, and stops there", async (name, design) => {
  const { db, table } = await freshTable(inject("engines").embedded);
  const url = inject("engines").embedded;
  const seed = Math.floor(Math.random() * 1_000_000_000);

  const found: unknown = await play(design, { url, table }, sampleHistory(SIZE, seed)).catch(
    (error) => error,
  );

  db.destroy();
  expect(found, `seed ${seed}`).toBeInstanceOf(Violation);
  const { wrong, deliveries }: { wrong: Wrong; deliveries: number } = Object(found);
  console.log(`${name}: ${found}, after ${deliveries} deliveries, by seed ${seed}`);
  expect(FOUND[name]).toContain(wrong);
  expect(deliveries).toBeLessThan(SIZE.deliveries);
});
