import fc from "fast-check";
import {
  after,
  cancel,
  comeLate,
  cutOff,
  fail,
  hang,
  loseReply,
  passOn,
  type Step,
} from "../support/fakes/fault-proxy.ts";

/** The faults that a request to the database can meet, besides a crash of the client. */
export const FAULTS = {
  none: passOn,
  "dropped before": loseReply,
  "answer dropped after the commit": after(loseReply),
  "delayed past the timeout": comeLate,
  "answer delayed past the timeout": after(hang),
  "500 before": fail(500, "InternalServerError"),
  "500 after the commit": after(fail(500, "InternalServerError")),
  conflict: cancel("None", "TransactionConflict", "None"),
  "throttled in the transaction": cancel("ThrottlingError", "None", "None"),
  throttled: fail(400, "ProvisionedThroughputExceededException"),
  "cut off in the answer": cutOff,
  "rejected for good": fail(400, "AccessDeniedException"),
} satisfies Record<string, Step>;

/** The process of the function dies before the database receives the request, or after it has executed it. */
export const CRASHES = ["crash before", "crash after"] as const;

export type Fault = keyof typeof FAULTS | (typeof CRASHES)[number];

/** The faults of the requests of one invocation, in their order. Further requests meet no fault. */
export type Plan = readonly Fault[];

interface Operation {
  /** The time of the operation, in minutes from the start of the workload. */
  at: number;
}

/** EventBridge delivers the event of a minute. */
export interface Delivery extends Operation {
  kind: "deliver";
  minute: number;
  /** The number of the event within its minute. Each number has its own event id. */
  event: number;
  second: number;
  /** How far the clock of the function is ahead, in ms. */
  skew: number;
  /** One plan for the first attempt and one for each of Lambda's two retries. */
  plans: readonly Plan[];
}

export interface Read extends Operation {
  kind: "read";
  what: "total" | "pulse" | "minutes";
  plan: Plan;
}

/** A change of the settings. */
export interface Setting extends Operation {
  kind: "set";
  data: { pause: string } | { resume: true } | { lateAfter: number; downAfter: number };
  plan: Plan;
}

/** Random operations that several instances of the function execute concurrently. */
export interface Workload {
  operations: readonly (Delivery | Read | Setting)[];
  /** The number of concurrent instances of the function. */
  workers: number;
}

/** Weighted faults. Those that take the client's timeout of 2 s are rare. */
const fault = fc.oneof(
  ...Object.keys(FAULTS).map((name) => ({
    weight: name === "none" ? 60 : name.includes("timeout") ? 1 : 3,
    arbitrary: fc.constant(name as Fault),
  })),
  ...CRASHES.map((name) => ({ weight: 2, arbitrary: fc.constant(name as Fault) })),
);
/** Every attempt of a request meets the same fault, so that Lambda has to retry the event. */
const outage = fc
  .constantFrom(...Object.keys(FAULTS).filter((name) => name !== "none" && !name.includes("timeout")))
  .map((name) => new Array<Fault>(5).fill(name as Fault));
const plan: fc.Arbitrary<Plan> = fc.oneof(
  { weight: 15, arbitrary: fc.array(fault, { minLength: 1, maxLength: 5, size: "max" }) },
  { weight: 1, arbitrary: outage },
);

/** No delay, the delay of a retry by Lambda, or hours. */
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

/** A pause of up to three minutes, or a change of the thresholds. */
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
  /** The number of pauses and changes of thresholds. */
  settings: number;
  workers: number;
}

/** A workload that delivers each minute, and some minutes again, with the same event id or another one. */
export const workloadOf = ({
  minutes,
  deliveries,
  reads,
  workers,
  ...size
}: Size): fc.Arbitrary<Workload> => {
  const exactly = (length: number) => ({ minLength: length, maxLength: length, size: "max" }) as const;
  const minuteIndex = fc.integer({ min: 0, max: minutes - 1 });
  return fc
    .tuple(
      fc.tuple(
        ...Array.from({ length: minutes }, (_, minute) =>
          delivery(fc.constant(minute), fc.constant(0), minutes),
        ),
      ),
      fc.array(delivery(minuteIndex, fc.constantFrom(0, 0, 1, 2), minutes), exactly(deliveries - minutes)),
      fc.array(read(minutes), exactly(reads)),
      fc.array(settings(minutes), exactly(size.settings)),
    )
    .map(([first, again, reads, settings]) => ({
      operations: [...first, ...again, ...reads, ...settings.flat()].sort((a, b) => a.at - b.at),
      workers,
    }));
};

/** Any small workload. */
export const smallWorkload: fc.Arbitrary<Workload> = fc
  .record({
    minutes: fc.integer({ min: 1, max: 8 }),
    again: fc.integer({ min: 0, max: 16 }),
    reads: fc.integer({ min: 0, max: 6 }),
    settings: fc.integer({ min: 0, max: 4 }),
    workers: fc.integer({ min: 1, max: 6 }),
  })
  .chain(({ minutes, again, ...rest }) => workloadOf({ minutes, deliveries: minutes + again, ...rest }));

/**
 * The workload of a seed. The same seed always returns the same workload. The first deliveries have no clock skew: if a
 * clock one day ahead set the first minute, the pauses of the workload would precede it and cover nothing.
 */
export const sampleWorkload = (size: Size, seed: number): Workload => {
  const [workload] = fc.sample(workloadOf(size), { seed, numRuns: 1 });
  if (workload === undefined) throw new Error("no sample");
  const operations = workload.operations.map((operation, index) =>
    operation.kind === "deliver" && index < size.workers * 3 ? { ...operation, skew: 0 } : operation,
  );
  return { ...workload, operations };
};
