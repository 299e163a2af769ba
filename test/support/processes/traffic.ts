import { setTimeout as passes } from "node:timers/promises";
import type { Minute } from "../../../lib/domain/minute.ts";
import { freshTime, minuteOf, tickAt } from "../fixtures/ticks.ts";

/** Delivers an event to heartbeat. A failure rejects, or returns another reply than that of heartbeat. */
export type Deliver = (event: unknown) => Promise<unknown>;

/** Beats from concurrent writers, with the sets of those that were sent and acknowledged. */
export const createTraffic = () => {
  /** The minutes that were sent. */
  const attempted = new Map<Minute, string>();
  const acknowledged = new Set<Minute>();

  const beat = async (deliver: Deliver, time: string) => {
    const minute = minuteOf(time);
    attempted.set(minute, time);
    const answer = await deliver(tickAt(time)).catch(() => undefined);
    const { counted } = Object(answer);
    if (typeof counted === "boolean") acknowledged.add(minute);
    return typeof counted === "boolean";
  };

  return {
    attempted,
    acknowledged,

    /** Every third beat is a duplicate. The writers end after `stop` is called and every reply is received. */
    start(deliver: Deliver, writers: number) {
      let goesOn = true;
      const write = async () => {
        for (let n = 1; goesOn; n++) {
          const before = [...attempted.values()];
          const time = n % 3 === 0 ? before[(n * 7_919) % before.length] : undefined;
          // After a failure the writer waits as long as a client would before it retries.
          if (!(await beat(deliver, time ?? freshTime()))) await passes(20);
        }
      };
      const ended = Promise.all(Array.from({ length: writers }, write));
      return {
        async stop() {
          goesOn = false;
          await ended;
        },
      };
    },

    /** Sends the unacknowledged minutes again. Returns those that are still not acknowledged. */
    async sendAgain(deliver: Deliver): Promise<Minute[]> {
      const open = [...attempted].filter(([minute]) => !acknowledged.has(minute));
      for (const [, time] of open) await beat(deliver, time);
      return open.map(([minute]) => minute).filter((minute) => !acknowledged.has(minute));
    },
  };
};
