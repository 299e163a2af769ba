import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { INTERVALS } from "../../../../lib/domain/interval.ts";
import resolve, { intervalValues } from "../../../../tools/schedule/interval.ts";

/** The scheduler of serverless-offline, with its conversion of expressions. It has no type declarations. */
const OFFLINE = new URL(
  "../../../../node_modules/serverless-offline/src/events/schedule/index.js",
  import.meta.url,
).href;

const START = Date.parse("2026-11-23T00:00:30Z");
const DAY = 86_400_000;

/** The minutes of a day on which EventBridge runs `cron(<minutes> * * * ? *)`. `a/b` is every b-th minute from a on. */
const eventBridgeRuns = (expression: string): string[] => {
  const [, field = ""] = /^cron\((\S+) \* \* \* \? \*\)$/.exec(expression) ?? [];
  const [, first = 0, step = field === "*" ? 1 : 60] = /^(\d+)(?:\/(\d+))?$/.exec(field) ?? [];
  const minutes = Array.from({ length: DAY / 60_000 }, (_, n) => START - 30_000 + (n + 1) * 60_000);
  return minutes
    .filter((minute) => ((minute / 60_000) % 60) % Number(step) === Number(first))
    .map((minute) => new Date(minute).toISOString());
};

describe("serverless-offline", () => {
  const zone = process.env["TZ"];
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: START });
  });
  afterEach(() => {
    vi.useRealTimers();
    if (zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zone;
  });

  /** The times at which its scheduler runs an expression within a day. */
  const runsOf = async (rate: string): Promise<string[]> => {
    const { default: Schedule } = await import(OFFLINE);
    const times: string[] = [];
    const handler = {
      setEvent: (event: { time: string }) => times.push(event.time.replace("Z", ".000Z")),
      runHandler: async () => undefined,
    };
    const schedule = new Schedule({ get: () => handler }, "us-east-1");
    schedule.create([{ functionKey: "heartbeat", schedule: { rate, enabled: true } }]);
    await vi.advanceTimersByTimeAsync(DAY);
    vi.clearAllTimers();
    return times;
  };

  test.each(INTERVALS)("runs the expression for %i min at the minutes of EventBridge", async (every) => {
    process.env["TZ"] = "UTC"; // as tools/local/plugin.ts does
    const { expression } = intervalValues(every);

    const runs = await runsOf(expression);

    expect(runs).toEqual(eventBridgeRuns(expression));
    expect(runs).toHaveLength(1_440 / every);
    expect(runs.map((time) => (Date.parse(time) / 60_000) % every)).toEqual(runs.map(() => 0));
  });

  test("would run at other minutes in a time zone that differs from UTC by 45 minutes", async () => {
    process.env["TZ"] = "Asia/Kathmandu";
    const { expression } = intervalValues(2);

    const runs = await runsOf(expression);

    expect(runs[0]).toBe("2026-11-23T00:01:00.000Z");
  });
});

describe("the values of serverless.yml", () => {
  const resolverFor = (every: unknown) =>
    resolve({
      options: {},
      resolveVariable: async (name) => (name === "param:schedule, 'true'" ? "true" : every),
    });

  test.each([
    [1, "cron(* * * * ? *)", 6],
    [2, "cron(0/2 * * * ? *)", 5],
    [5, "cron(0/5 * * * ? *)", 5],
    [60, "cron(0 * * * ? *)", 5],
  ])("follow every=%i", async (every, expression, evaluationPeriods) => {
    const values = {
      expression,
      lateAfter: every * 120 + 30,
      downAfter: every * 240 + 30,
      period: every * 60,
      evaluationPeriods,
    };

    expect(await resolverFor(every)).toEqual(values);
    expect(await resolverFor(String(every))).toEqual(values);
  });

  test.each([0, 7, "90", "5 minutes"])(
    "are those of the default for every=%s, which the plugins reject",
    async (every) => {
      expect(await resolverFor(every)).toEqual(intervalValues(1));
    },
  );
});
