import type { Minute } from "../../lib/domain/minute.ts";

export type Wrong =
  | "an acknowledged beat is lost"
  | "a minute is counted twice"
  | "the total fell"
  | "the total is not the minutes stored"
  | "a minute that a pause covers is counted"
  | "a minute that no pause covers is not counted"
  | "something else is wrong";

/** A broken promise. */
export class Violation extends Error {
  override name = "Violation";
  readonly wrong: Wrong;

  constructor(wrong: Wrong, detail: string) {
    super(`${wrong}: ${detail}`);
    this.wrong = wrong;
  }
}

/** All that a heart is held against: a set of minutes, of which some are known to be in. */
export const createModel = () => {
  const attempted = new Set<Minute>();
  const acknowledged = new Set<Minute>();
  const paused = new Set<Minute>();
  let highest = 0;
  return {
    /** Minutes that may be stored. */
    attempted,
    /** Minutes that must be. */
    acknowledged,
    /** Minutes that a pause is said to cover. */
    paused,

    /** To be called before a read; what it returns judges the total that was read. */
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

    /** As `expectTotal`, of the stored minutes themselves. */
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

export type Model = ReturnType<typeof createModel>;
