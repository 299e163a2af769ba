import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Job, JobError, RESERVED_MS, runJob } from "../../../lib/beat/run-job.ts";

const MINUTE = "2026-11-23T22:40Z";
const LIMIT_MS = 60_000;
const REMAINING_MS = RESERVED_MS + LIMIT_MS;

let infos: unknown[];
let errors: unknown[];
beforeEach(() => {
  vi.useFakeTimers();
  infos = [];
  errors = [];
  vi.spyOn(console, "info").mockImplementation((line) => infos.push(line));
  vi.spyOn(console, "error").mockImplementation((line) => errors.push(line));
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const failureOf = (running: Promise<unknown>): Promise<unknown> =>
  running.then(
    () => undefined,
    (error: unknown) => error,
  );

/** Takes the given time, and rejects with the reason of the abort if the signal aborts before that. */
const wait = (ms: number, signal?: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => reject(signal.reason));
  });

describe("runJob", () => {
  test("passes the minute and a signal, and logs the name of the job, the minute and the duration", async () => {
    const inputs: Parameters<Job>[0][] = [];
    const running = runJob(
      async function sendReport(input) {
        inputs.push(input);
        await wait(1_500);
      },
      MINUTE,
      REMAINING_MS,
    );
    await vi.advanceTimersByTimeAsync(1_500);
    await running;

    expect(inputs).toEqual([{ minute: MINUTE, signal: expect.any(AbortSignal) }]);
    expect(inputs[0]?.signal.aborted).toBe(false);
    expect(infos).toEqual([{ job: "sendReport", minute: MINUTE, ms: 1_500 }]);
    expect(errors).toEqual([]);
  });

  test("names a function without a name job", async () => {
    await runJob((() => async () => {})(), MINUTE, REMAINING_MS);

    expect(infos).toEqual([{ job: "job", minute: MINUTE, ms: 0 }]);
  });

  test.each<[string, unknown, string]>([
    ["an error", new RangeError("no rows"), "RangeError: no rows"],
    [
      "an error with a cause",
      new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED") }),
      "TypeError: fetch failed (connect ECONNREFUSED)",
    ],
    [
      "an error whose cause has only a code",
      new TypeError("fetch failed", {
        cause: Object.assign(new AggregateError([]), { code: "ECONNREFUSED" }),
      }),
      "TypeError: fetch failed (ECONNREFUSED)",
    ],
    ["a string", "no\nrows", '"no\\nrows"'],
    ["undefined", undefined, "undefined"],
  ])(
    "throws an error that names the job, the minute and the reason when the job throws %s",
    async (_, thrown, reason) => {
      const error = await failureOf(
        runJob(
          async function sendReport() {
            throw thrown;
          },
          MINUTE,
          REMAINING_MS,
        ),
      );

      expect(error).toBeInstanceOf(JobError);
      expect(error).toMatchObject({
        name: "JobError",
        message: `job sendReport failed for ${MINUTE}: ${reason}`,
        cause: thrown,
      });
      expect(infos).toEqual([]);
      expect(errors).toEqual([{ job: "sendReport", minute: MINUTE, ms: 0, error: expect.any(String) }]);
    },
  );

  test("logs the stack of the error that the job throws", async () => {
    const thrown = new RangeError("no rows", { cause: new Error("the reason") });

    await failureOf(runJob(() => Promise.reject(thrown), MINUTE, REMAINING_MS));

    expect(errors).toEqual([
      expect.objectContaining({
        error: expect.stringMatching(/^RangeError: no rows\n {4}at [\s\S]*the reason/),
      }),
    ]);
  });

  test("throws the same error when the job is not async and throws", async () => {
    const error = await failureOf(
      runJob(
        function sendReport() {
          throw new RangeError("no rows");
        },
        MINUTE,
        REMAINING_MS,
      ),
    );

    expect(error).toMatchObject({ message: `job sendReport failed for ${MINUTE}: RangeError: no rows` });
  });

  test("aborts the signal at the time limit, and throws an error that names the limit", async () => {
    const aborted: number[] = [];
    const start = Date.now();
    const failure = failureOf(
      runJob(
        async function slow({ signal }) {
          signal.addEventListener("abort", () => aborted.push(Date.now() - start));
          await wait(LIMIT_MS * 2, signal);
        },
        MINUTE,
        REMAINING_MS,
      ),
    );
    await vi.advanceTimersByTimeAsync(LIMIT_MS);

    expect(await failure).toMatchObject({
      name: "JobError",
      message: `job slow failed for ${MINUTE}: TimeoutError: the job exceeded its time limit of 60.0 s`,
      cause: { name: "TimeoutError" },
    });
    expect(aborted).toEqual([LIMIT_MS]);
  });

  test("names the limit and keeps the error of a job that throws another one after the abort", async () => {
    const thrown = new Error("connection closed");
    const failure = failureOf(
      runJob(
        async function slow({ signal }) {
          await wait(LIMIT_MS * 2, signal).catch(() => {
            throw thrown;
          });
        },
        MINUTE,
        REMAINING_MS,
      ),
    );
    await vi.advanceTimersByTimeAsync(LIMIT_MS);

    expect(await failure).toMatchObject({
      message: `job slow failed for ${MINUTE}: TimeoutError: the job exceeded its time limit of 60.0 s (connection closed)`,
      cause: { name: "TimeoutError", cause: thrown },
    });
  });

  test("does not wait for a job that ignores its signal, and keeps a second of the reserve to spare", async () => {
    const settled: number[] = [];
    const start = Date.now();
    const failure = failureOf(
      runJob(
        async function deaf() {
          await wait(LIMIT_MS * 10);
        },
        MINUTE,
        REMAINING_MS,
      ),
    ).finally(() => settled.push(Date.now() - start));
    await vi.advanceTimersByTimeAsync(LIMIT_MS * 2);

    expect(await failure).toMatchObject({
      message: `job deaf failed for ${MINUTE}: TimeoutError: the job exceeded its time limit of 60.0 s`,
    });
    expect(settled).toEqual([LIMIT_MS + 1_000]);
  });

  test("accepts a job that completes within a second after the abort", async () => {
    const running = runJob(
      async function slow({ signal }) {
        await wait(LIMIT_MS * 2, signal).catch(() => wait(500));
      },
      MINUTE,
      REMAINING_MS,
    );
    await vi.advanceTimersByTimeAsync(LIMIT_MS + 500);
    await running;

    expect(infos).toEqual([{ job: "slow", minute: MINUTE, ms: LIMIT_MS + 500 }]);
  });

  test.each([0, 5_000, RESERVED_MS])(
    "does not run the job when only %i ms remain, and says what to change",
    async (remaining) => {
      const job = vi.fn(async () => {});

      await expect(runJob(job, MINUTE, remaining)).rejects.toThrow(
        /^job .+ did not run for 2026-11-23T22:40Z: .* raise timeout in serverless\.yml$/,
      );

      expect(job).not.toHaveBeenCalled();
    },
  );

  test("leaves no timer behind", async () => {
    await runJob(async () => {}, MINUTE, REMAINING_MS);
    await failureOf(runJob(() => Promise.reject(new Error("no")), MINUTE, REMAINING_MS));

    expect(vi.getTimerCount()).toBe(0);
  });
});
