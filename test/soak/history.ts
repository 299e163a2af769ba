import fc from "fast-check";
import {
  after,
  cancel,
  comeLate,
  cutOff,
  fail,
  hang,
  loseAnswer,
  passOn,
  type Step,
} from "../support/fakes/fault-proxy.ts";

/** What can become of a request of the database, but for the end of who asks. */
export const FAULTS = {
  none: passOn,
  "dropped before": loseAnswer,
  "answer dropped after the commit": after(loseAnswer),
  "delayed past the timeout": comeLate,
  "answer delayed past the timeout": after(hang),
  "500 before": fail(500, "InternalServerError"),
  "500 after the commit": after(fail(500, "InternalServerError")),
  conflict: cancel("None", "TransactionConflict", "None"),
  "throttled in the transaction": cancel("ThrottlingError", "None", "None"),
  throttled: fail(400, "ProvisionedThroughputExceededException"),
  "cut off in the answer": cutOff,
  "refused for good": fail(400, "AccessDeniedException"),
} satisfies Record<string, Step>;

/** The function's process dies as it is about to ask the database, or as soon as that has done what was asked. */
export const CRASHES = ["crash before", "crash after"] as const;

export type Fault = keyof typeof FAULTS | (typeof CRASHES)[number];

/** What the requests of one invocation meet, in their order; all further ones meet nothing. */
export type Plan = readonly Fault[];

interface Operation {
  /** When it happens, in minutes from the start of the history. */
  at: number;
}

/** EventBridge hands over a minute's event. */
export interface Delivery extends Operation {
  kind: "deliver";
  minute: number;
  /** Which of the minute's events: another is of another id. */
  event: number;
  second: number;
  /** The function's clock is ahead by so many ms. */
  skew: number;
  /** For the first try and Lambda's two others. */
  plans: readonly Plan[];
}

export interface Read extends Operation {
  kind: "read";
  what: "total" | "pulse" | "minutes";
  plan: Plan;
}

/** Somebody changes the settings. */
export interface Setting extends Operation {
  kind: "set";
  data: { pause: string } | { resume: true } | { lateAfter: number; downAfter: number };
  plan: Plan;
}

/** In the order in which they begin; several go on at once. */
export interface History {
  operations: readonly (Delivery | Read | Setting)[];
  /** Instances of the function at once. */
  workers: number;
}

/** How often each fault is met: those that take the client's 2 s are rare. */
const fault = fc.oneof(
  ...Object.keys(FAULTS).map((name) => ({
    weight: name === "none" ? 60 : name.includes("timeout") ? 1 : 3,
    arbitrary: fc.constant(name as Fault),
  })),
  ...CRASHES.map((name) => ({ weight: 2, arbitrary: fc.constant(name as Fault) })),
);
/** Every try of a request fails alike, so that Lambda has to try the event again. */
const outage = fc
  .constantFrom(...Object.keys(FAULTS).filter((name) => name !== "none" && !name.includes("timeout")))
  .map((name) => new Array<Fault>(5).fill(name as Fault));
const plan: fc.Arbitrary<Plan> = fc.oneof(
  { weight: 15, arbitrary: fc.array(fault, { minLength: 1, maxLength: 5, size: "max" }) },
  { weight: 1, arbitrary: outage },
);

/** At once, as late as Lambda's retries come, or hours late. */
const delay = (most: number) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 3 }) },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: most }) },
  );

const skew = fc.oneof(
  { weight: 20, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.constant(-60_000) },
  { weight: 1, arbitrary: fc.constant(86_400_000) },
);

const delivery = (minute: fc.Arbitrary<number>, event: fc.Arbitrary<number>, most: number) =>
  fc
    .record({
      minute,
      event,
      delay: delay(most),
      second: fc.integer({ min: 0, max: 59 }),
      skew,
      plans: fc.tuple(plan, plan, plan),
    })
    .map(({ delay, ...rest }): Delivery => ({ kind: "deliver", at: rest.minute + delay, ...rest }));

const read = (most: number): fc.Arbitrary<Read> =>
  fc.record({
    kind: fc.constant("read"),
    at: fc.integer({ min: 0, max: most }),
    what: fc.constantFrom("total", "total", "pulse", "minutes"),
    plan,
  });

/** A pause, if it is ended, of up to three minutes; or other rules. */
const settings = (most: number): fc.Arbitrary<Setting[]> =>
  fc
    .record({
      at: fc.integer({ min: 0, max: most }),
      length: fc.integer({ min: 0, max: 3 }),
      plans: fc.tuple(plan, plan),
      isPause: fc.constantFrom(true, true, false),
      lateAfter: fc.integer({ min: 130, max: 600 }),
    })
    .map(({ at, length, plans: [first, second], isPause, lateAfter }) =>
      isPause
        ? [
            { kind: "set", at, data: { pause: "soak" }, plan: first },
            { kind: "set", at: at + length, data: { resume: true }, plan: second },
          ]
        : [{ kind: "set", at, data: { lateAfter, downAfter: lateAfter * 2 }, plan: first }],
    );

export interface Size {
  minutes: number;
  deliveries: number;
  reads: number;
  /** Times that somebody sets to pause, or other rules. */
  settings: number;
  workers: number;
}

/** Each minute is delivered; some are again, with the same id or another. */
export const historyOf = ({ minutes, deliveries, reads, workers, ...size }: Size): fc.Arbitrary<History> => {
  const exactly = (length: number) => ({ minLength: length, maxLength: length, size: "max" }) as const;
  const place = fc.integer({ min: 0, max: minutes - 1 });
  return fc
    .tuple(
      fc.tuple(
        ...Array.from({ length: minutes }, (_, minute) =>
          delivery(fc.constant(minute), fc.constant(0), minutes),
        ),
      ),
      fc.array(delivery(place, fc.constantFrom(0, 0, 1, 2), minutes), exactly(deliveries - minutes)),
      fc.array(read(minutes), exactly(reads)),
      fc.array(settings(minutes), exactly(size.settings)),
    )
    .map(([first, again, reads, settings]) => ({
      operations: [...first, ...again, ...reads, ...settings.flat()].sort((a, b) => a.at - b.at),
      workers,
    }));
};

/** A small history of any kind. */
export const smallHistory: fc.Arbitrary<History> = fc
  .record({
    minutes: fc.integer({ min: 1, max: 8 }),
    again: fc.integer({ min: 0, max: 16 }),
    reads: fc.integer({ min: 0, max: 6 }),
    settings: fc.integer({ min: 0, max: 4 }),
    workers: fc.integer({ min: 1, max: 6 }),
  })
  .chain(({ minutes, again, ...rest }) => historyOf({ minutes, deliveries: minutes + again, ...rest }));

/**
 * The history of a seed, always the same. The clocks of its first beats are right: a heart that one of a day ahead
 * has born can't be paused before.
 */
export const sampleHistory = (size: Size, seed: number): History => {
  const [history] = fc.sample(historyOf(size), { seed, numRuns: 1 });
  if (history === undefined) throw new Error("no sample");
  const operations = history.operations.map((operation, place) =>
    operation.kind === "deliver" && place < size.workers * 3 ? { ...operation, skew: 0 } : operation,
  );
  return { ...history, operations };
};
