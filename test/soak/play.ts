import { isDeepStrictEqual } from "node:util";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { StoreRefusedError, StoreUnavailableError } from "../../lib/domain/errors.ts";
import { fromIndex, type Minute, toIndex } from "../../lib/domain/minute.ts";
import { atOnce } from "../support/at-once.ts";
import { connect, connectPatiently } from "../support/databases/table.ts";
import { loseReply, type ProxiedRequest, type Step, startFaultProxy } from "../support/fakes/fault-proxy.ts";
import { tickAt } from "../support/fixtures/ticks.ts";
import { type Bounds, createBounds, Violation } from "./bounds.ts";
import type { Design, Implementation } from "./service-design.ts";
import {
  type Delivery,
  FAULTS,
  type Fault,
  type Plan,
  type Read,
  type Setting,
  type Workload,
} from "./workload.ts";

/** The workload crosses the end of an hour, a day and a month. */
export const START = toIndex("2026-11-30T23:40Z");

export interface Figures {
  /** Invocations of heartbeat. */
  delivered: number;
  /** Invocations that returned a reply. */
  acknowledged: number;
  /** Replies that report the minute as covered by a pause. */
  paused: number;
  /** Stored minutes. `counted` is the total. */
  stored: number;
  counted: number;
  /** Delivered minutes that a pause covers. */
  covered: number;
  /** Transactions cancelled by a conflict. */
  conflicts: number;
  /** Retries by the client, with the same token. */
  retries: number;
  /** Retries by Lambda, after an error or a crash. */
  redeliveries: number;
  crashes: number;
  reads: number;
  /** Requested changes of the settings. */
  settings: number;
}

/**
 * Plays a workload against a design on an empty table. Then waits until it is at rest, delivers the events that Lambda
 * gave up, and finally delivers everything once more. `intervalOf`: the interval under which the event of a minute, counted
 * from the epoch, is processed, whenever it is delivered. @throws Violation at the first violated guarantee
 */
export const play = async (
  design: Design,
  { url, table }: { url: string; table: string },
  { operations, workers }: Workload,
  intervalOf: (minute: number) => number = () => 1,
): Promise<Figures> => {
  const bounds = createBounds();
  await using lambda = await startLambda(design, url, table);
  const { figures } = lambda;
  const reportedCounted: Minute[] = [];
  const slotOf = ({ minute }: Delivery): Minute => {
    const index = START + minute;
    return fromIndex(index - (index % intervalOf(index)));
  };

  const deliver = async (instance: Instance, delivery: Delivery, plan: Plan, clock: number) => {
    const minute = slotOf(delivery);
    bounds.attempted.add(minute);
    figures.delivered++;
    const answered = await instance.invoke(plan, (implementation) =>
      implementation.deliver(tickOf(delivery), clock),
    );
    if (answered === undefined) return false;
    const { answer } = answered;
    figures.acknowledged++;
    if (answer.paused) {
      figures.paused++;
      bounds.paused.add(minute);
      return true;
    }
    if (answer.minute !== minute) throw new Violation("something else is wrong", JSON.stringify(answer));
    if (answer.counted) reportedCounted.push(minute);
    bounds.acknowledged.add(minute);
    return true;
  };

  const perform = {
    deliver: async (instance: Instance, delivery: Delivery & { tries?: number }) => {
      const { at, skew, plans, tries = 0 } = delivery;
      if (await deliver(instance, delivery, plans[tries] ?? [], (START + at) * 60_000 + 500 + skew)) return;
      if (tries + 1 === plans.length) return;
      figures.redeliveries++;
      queue.put({ ...delivery, at: at + tries + 1, tries: tries + 1 });
    },
    read: async (instance: Instance, { at, what, plan }: Read) => {
      figures.reads++;
      await instance.invoke(plan, READS[what](bounds, (START + at) * 60_000 + 500));
    },
    set: async (instance: Instance, { at, data, plan }: Setting) => {
      figures.settings++;
      await instance.invoke(plan, async (implementation) =>
        implementation.set?.(data, (START + at) * 60_000 + 500),
      );
    },
  };

  const queue = createQueue<(Delivery & { tries?: number }) | Read | Setting>(operations);
  await inParallel(workers, async (stopped) => {
    let instance = lambda.start();
    for (let next = queue.take(); next !== undefined && !stopped(); next = queue.take()) {
      if (instance.isDead()) instance = lambda.start();
      if (next.kind === "deliver") await perform.deliver(instance, next);
      else if (next.kind === "read") await perform.read(instance, next);
      else await perform.set(instance, next);
    }
  }).catch((error) => {
    throw Object.assign(Object(error), { deliveries: figures.delivered });
  });

  await lambda.rest();
  const asPlayed = { ...figures, retries: lambda.retries() };
  const end = (START + (operations.at(-1)?.at ?? 0) + 3) * 60_000;
  const deliveries = operations.filter((operation) => operation.kind === "deliver");
  await lambda
    .startPatiently()
    .invoke([], async (implementation) => implementation.set?.({ resume: true }, end));
  const covered =
    (await lambda.startPatiently().invoke([], async (implementation) => implementation.covered?.()))
      ?.answer ?? new Set();
  const givenUp = deliveries.filter((delivery) => !bounds.acknowledged.has(slotOf(delivery)));
  await deliverAll(givenUp);
  if (reportedCounted.length > new Set(reportedCounted).size)
    throw new Violation("a minute is counted twice", `reported as counted: ${reportedCounted.sort().join()}`);
  const rested = await atRest();
  await deliverAll(deliveries);
  // Every minute that was reported as covered belongs to a pause that has ended.
  const uncovered = [...bounds.paused].filter((minute) => !covered.has(minute));
  if (uncovered.length > 0)
    throw new Violation("a minute that no pause covers is not counted", uncovered.sort().join());
  const both = [...bounds.acknowledged].filter((minute) => covered.has(minute));
  if (both.length > 0) throw new Violation("a minute that a pause covers is counted", both.sort().join());
  if (!isDeepStrictEqual(await atRest(), rested))
    throw new Violation("something else is wrong", "delivering everything again changed what is stored");
  const { delivered, acknowledged, paused, conflicts, retries, ...others } = asPlayed;
  const { stored, counted } = rested;
  return {
    ...{ delivered, acknowledged, paused, stored, counted, covered: bounds.paused.size },
    ...{ conflicts, retries, ...others },
  };

  /** Delivers these events without faults. Like Lambda, tries again twice, because concurrent changes cost attempts. */
  async function deliverAll(these: readonly Delivery[]) {
    const instances = Array.from({ length: workers }, lambda.startPatiently);
    const queue = [...these];
    await inParallel(workers, async (stopped) => {
      const instance = instances.pop() ?? lambda.startPatiently();
      for (let next = queue.shift(); next !== undefined && !stopped(); next = queue.shift()) {
        const delivery = next;
        const attempt = () => deliver(instance, delivery, [], end);
        if (!((await attempt()) || (await attempt()) || (await attempt())))
          throw new Violation("something else is wrong", "a delivery without a fault failed");
      }
    });
  }

  async function atRest() {
    const result = await lambda.startPatiently().invoke([], async (implementation) => {
      for (const read of Object.values(READS)) await read(bounds, end)(implementation);
      const total = await implementation.total();
      if (total !== bounds.acknowledged.size)
        throw new Violation(
          "the total is not the minutes stored",
          `${total} and ${bounds.acknowledged.size} acknowledged`,
        );
      await implementation.audit?.(bounds, end);
      return { stored: bounds.acknowledged.size, counted: total, rows: await implementation.rows?.() };
    });
    if (result === undefined) throw new Violation("something else is wrong", "no reply at rest");
    return result.answer;
  }
};

/** Reads that check their result against the bounds taken before the read. */
const READS: Record<
  Read["what"],
  (bounds: Bounds, now: number) => (implementation: Implementation) => Promise<void>
> = {
  total: (bounds) => async (implementation) => {
    const judge = bounds.expectTotal();
    const total = await implementation.total();
    if (total !== undefined) judge(total);
  },
  pulse: (bounds, now) => async (implementation) => {
    const judge = bounds.expectTotal();
    const pulse = await implementation.pulse?.(now);
    if (pulse === undefined) return;
    judge(pulse.beats);
    const { beats, expected, missed, newest } = pulse;
    if (expected !== beats + missed || missed < 0 || (newest?.age ?? 0) < 0)
      throw new Violation("something else is wrong", JSON.stringify({ beats, expected, missed, newest }));
  },
  minutes: (bounds) => async (implementation) => {
    const judge = bounds.expectMinutes();
    const minutes = await implementation.minutes?.();
    if (minutes !== undefined) judge(minutes);
  },
};

const tickOf = ({ minute, event, second }: Delivery) => {
  const time = new Date((START + minute) * 60_000 + second * 1_000).toISOString();
  return { ...tickAt(time.replace(".000", "")), id: `${minute}-${event}`, time };
};

/** A queue of operations in the order of their times. A new operation is placed after those of the same time. */
const createQueue = <T extends { at: number }>(operations: readonly T[]) => {
  const waiting = [...operations];
  return {
    take: () => waiting.shift(),
    put(operation: T) {
      const index = waiting.findIndex(({ at }) => at > operation.at);
      waiting.splice(index === -1 ? waiting.length : index, 0, operation);
    },
  };
};

/** Runs the workers concurrently. The first error stops all of them and is thrown after they have stopped. */
const inParallel = async (workers: number, work: (stopped: () => boolean) => Promise<void>) => {
  let fault: { error: unknown } | undefined;
  await atOnce(workers, Array.from({ length: workers }), () =>
    work(() => fault !== undefined).catch((error: unknown) => {
      fault ??= { error };
    }),
  );
  if (fault !== undefined) throw fault.error;
};

interface Instance {
  isDead(): boolean;
  /** Returns the result, or undefined if the invocation failed or the process crashed by the plan. */
  invoke<T>(
    plan: Plan,
    ask: (implementation: Implementation) => Promise<T>,
  ): Promise<{ answer: T } | undefined>;
}

/** Starts instances of a function that share one database. Each instance meets the faults of its own plan. */
const startLambda = async (design: Design, url: string, table: string) => {
  const figures = {
    ...{ delivered: 0, acknowledged: 0, paused: 0, conflicts: 0, redeliveries: 0 },
    ...{ crashes: 0, reads: 0, settings: 0 },
  };
  const tokens: unknown[] = [];
  const instances: { plan: Fault[]; dead: boolean; die(): void; db: DynamoDBDocumentClient }[] = [];

  const choose = ({ operation, headers, body }: ProxiedRequest): Step => {
    const instance = instances[Number(headers["x-instance"])];
    if (instance === undefined || instance.dead) return loseReply;
    if (body["ClientRequestToken"] !== undefined) tokens.push(body["ClientRequestToken"]);
    const fault = instance.plan.shift() ?? "none";
    if (fault === "crash before" || fault === "crash after") {
      return async (response, pass) => {
        if (fault === "crash after") await pass();
        figures.crashes++;
        instance.die();
        response.destroy();
      };
    }
    const inTransaction = operation === "TransactWriteItems";
    if (fault === "conflict" && inTransaction) figures.conflicts++;
    // Only a transaction can be cancelled.
    const isOdd = !inTransaction && (fault === "conflict" || fault === "throttled in the transaction");
    const step: Step = FAULTS[isOdd ? "throttled" : fault];
    return (response, pass) =>
      step(response, async () => {
        const answer = await pass();
        if (answer.status === 400 && answer.body.includes("TransactionConflict")) figures.conflicts++;
        return answer;
      });
  };
  const proxy = await startFaultProxy(choose, url);

  return {
    figures,

    /** A retry of a request has the same token as the request. */
    retries: () => tokens.length - new Set(tokens).size,

    start: () => start(connect(proxy.url)),

    /** For requests that must succeed, also on a loaded machine. */
    startPatiently: () => start(connectPatiently(proxy.url)),

    /** Waits until the database has executed every request that is still in flight. */
    rest: () => proxy.settled(),

    async [Symbol.asyncDispose]() {
      for (const { db } of instances) db.destroy();
      await proxy[Symbol.asyncDispose]();
    },
  };

  function start(db: DynamoDBDocumentClient): Instance {
    const number = String(instances.length);
    db.middlewareStack.add(
      (next) => (args) => {
        Object(args.request).headers["x-instance"] = number;
        return next(args);
      },
      { step: "build" },
    );
    const implementation = design(db, table);
    const state = { plan: [] as Fault[], dead: false, die: () => {}, db };
    instances.push(state);
    return {
      isDead: () => state.dead,
      invoke: async (plan, ask) => {
        state.plan = [...plan];
        const died = new Promise<undefined>((resolve) => {
          state.die = () => {
            state.dead = true;
            resolve(undefined);
          };
        });
        const answered = ask(implementation).then(
          (answer) => ({ answer }),
          (error: unknown) => {
            if (error instanceof StoreUnavailableError || error instanceof StoreRefusedError)
              return undefined;
            throw error;
          },
        );
        return Promise.race([answered, died]);
      },
    };
  }
};
