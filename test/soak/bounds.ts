import type { Minute } from "../../lib/domain/minute.ts";

export type Wrong =
  | "an acknowledged beat is lost"
  | "a minute is counted twice"
  | "the total fell"
  | "the total is not the minutes stored"
  | "a minute that a pause covers is counted"
  | "a minute that no pause covers is not counted"
  | "something else is wrong";

/** A violated guarantee. */
export class Violation extends Error {
  override name = "Violation";
  readonly wrong: Wrong;

  constructor(wrong: Wrong, detail: string) {
    super(`${wrong}: ${detail}`);
    this.wrong = wrong;
  }
}

/**
 * The bounds that concurrent reads must respect while requests fail with unknown outcomes: the minutes that must be
 * stored and those that may be. The reference model in test/support/fixtures predicts exact replies, which is possible
 * only without concurrency and faults.
 */
export const createBounds = () => {
  const attempted = new Set<Minute>();
  const acknowledged = new Set<Minute>();
  const paused = new Set<Minute>();
  let highest = 0;
  return {
    /** Minutes that may be stored, because they were delivered. */
    attempted,
    /** Minutes that must be stored, because the function acknowledged them. */
    acknowledged,
    /** Minutes that the function reported as covered by a pause. */
    paused,

    /** Call this before a read. Returns a function that checks the total that was read, and throws a Violation. */
    expectTotal() {
      const [acknowledgedBefore, highestBefore] = [acknowledged.size, highest];
      return (total: number) => {
        if (total < acknowledgedBefore)
          throw new Violation("an acknowledged beat is lost", `${total} of at least ${acknowledgedBefore}`);
        if (total > attempted.size)
          throw new Violation("a minute is counted twice", `${total} of at most ${attempted.size}`);
        if (total < highestBefore) throw new Violation("the total fell", `from ${highestBefore} to ${total}`);
        highest = Math.max(highest, total);
      };
    },

    /** Call this before a read. Returns a function that checks the minutes that were read, and throws a Violation. */
    expectMinutes() {
      const before = [...acknowledged];
      return (minutes: ReadonlySet<Minute>) => {
        const lost = before.filter((minute) => !minutes.has(minute));
        if (lost.length > 0) throw new Violation("an acknowledged beat is lost", lost.join());
        const never = [...minutes].filter((minute) => !attempted.has(minute));
        if (never.length > 0)
          throw new Violation("something else is wrong", `${never.join()} never was delivered`);
      };
    },
  };
};

export type Bounds = ReturnType<typeof createBounds>;
