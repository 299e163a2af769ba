import { setTimeout as passes } from "node:timers/promises";
import type { Minute } from "../../../lib/domain/minute.ts";
import { freshTime, minuteOf, tickAt } from "../fixtures/ticks.ts";

/** Hands an event to the heartbeat; rejects, or answers by something else, where that fails. */
export type Deliver = (event: unknown) => Promise<unknown>;

/** Beats that many writers send at once, and what became of them. */
export const createTraffic = () => {
  /** The time of each minute that was sent. */
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

    /** Each third beat is one that was sent before. Ends when `stop` has been called and all is answered. */
    start(deliver: Deliver, writers: number) {
      let goesOn = true;
      const write = async () => {
        for (let n = 1; goesOn; n++) {
          const before = [...attempted.values()];
          const time = n % 3 === 0 ? before[(n * 7_919) % before.length] : undefined;
          // Where nobody answers the next one comes no sooner than a client would try again.
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

    /** Sends again what was not acknowledged. Returns the minutes that are not even now. */
    async sendAgain(deliver: Deliver): Promise<Minute[]> {
      const open = [...attempted].filter(([minute]) => !acknowledged.has(minute));
      for (const [, time] of open) await beat(deliver, time);
      return open.map(([minute]) => minute).filter((minute) => !acknowledged.has(minute));
    },
  };
};
