import fc from "fast-check";
import { expect, inject, test } from "vitest";
import { JobError } from "../../lib/beat/run-job.ts";
import type { Minute } from "../../lib/domain/minute.ts";
import { freshTable } from "../support/databases/table.ts";
import { minuteOf } from "../support/fixtures/ticks.ts";
import { describeOnEngines } from "../support/optional/needs.ts";
import { beQuiet } from "../support/quiet.ts";
import { play } from "./play.ts";
import { type Design, serviceDesign } from "./service-design.ts";
import { smallWorkload } from "./workload.ts";

const RUNS = { embedded: 6, local: 2 };
const AT_ONCE = 4;

describeOnEngines("on the %s engine", (engine) => {
  const url = inject("engines")[engine] ?? "";
  beQuiet();

  test("a counted minute had a successful job, and a settled minute never runs it again, whatever requests fail", async () => {
    const ends = fc.asyncProperty(smallWorkload, async (workload) => {
      const { db, table } = await freshTable(url);
      db.destroy();
      const watch = watchJobs();

      await play(watch.design, { url, table }, workload);

      expect(watch.violations).toEqual([]);
    });
    const check = () => fc.assert(ends, { numRuns: RUNS[engine], interruptAfterTimeLimit: 240_000 });
    await Promise.all(Array.from({ length: AT_ONCE }, check));
  });
});

/** A design of the service whose job fails in every third run. Lambda then tries again at once. */
const watchJobs = () => {
  const settled = new Set<Minute>();
  const succeeded = new Set<Minute>();
  const violations: string[] = [];
  let runs = 0;

  const design: Design = (db, table) => ({
    ...serviceDesign(db, table),
    async deliver(tick, now) {
      const minute = minuteOf(tick.time);
      const wasSettled = settled.has(minute);
      const service = serviceDesign(db, table, {
        job: async () => {
          if (wasSettled) violations.push(`the job of ${minute} runs again`);
          if (++runs % 3 === 0) throw new Error("scripted");
          succeeded.add(minute);
        },
      });
      for (;;) {
        const reply = await service.deliver(tick, now).catch((error: unknown) => {
          if (!(error instanceof JobError)) throw error;
        });
        if (reply === undefined) continue;
        settled.add(minute);
        if (!reply.paused && !succeeded.has(minute)) violations.push(`${minute} is stored without its job`);
        return reply;
      }
    },
  });
  return { design, violations };
};
