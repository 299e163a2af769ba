import fc from "fast-check";
import { describe, expect, inject, test } from "vitest";
import { JobError } from "../../lib/beat/run-job.ts";
import type { Minute } from "../../lib/domain/minute.ts";
import { freshTable } from "../support/databases/table.ts";
import { minuteOf } from "../support/fixtures/ticks.ts";
import { beQuiet } from "../support/quiet.ts";
import { play } from "./play.ts";
import { type Design, serviceDesign } from "./service-design.ts";
import { smallWorkload } from "./workload.ts";

const ENGINES = [
  { engine: "embedded", runs: 6 },
  { engine: "local", runs: 2 },
] as const;
const AT_ONCE = 4;

describe.each(ENGINES)("on the $engine engine", ({ engine, runs }) => {
  const url = inject("engines")[engine];
  beQuiet();

  test.skipIf(url === undefined)(
    "a counted minute had a successful job, and a settled minute never runs it again, whatever requests fail",
    async () => {
      const ends = fc.asyncProperty(smallWorkload, async (workload) => {
        const { db, table } = await freshTable(url ?? "");
        db.destroy();
        const watch = watchJobs();

        await play(watch.design, { url: url ?? "", table }, workload);

        expect(watch.violations).toEqual([]);
      });
      const check = () => fc.assert(ends, { numRuns: runs, interruptAfterTimeLimit: 240_000 });
      await Promise.all(Array.from({ length: AT_ONCE }, check));
    },
  );
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
