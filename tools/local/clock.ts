import { nextRun, toWords } from "../schedule/runs.ts";

const CHECK_INTERVAL = 10_000;
const NOTICEABLE = 30_000;

/**
 * The scheduler of serverless-offline waits for the time of its next run. This prints one line if the machine's clock
 * is set back in between; `every` is the interval in minutes. The scheduler itself notices a clock that is set forward, as
 * after a sleep.
 */
export const watchClock = (say: (line: string) => void, every: number): void => {
  let last = { clock: Date.now(), steady: performance.now() };
  setInterval(() => {
    const now = { clock: Date.now(), steady: performance.now() };
    const expected = last.clock + (now.steady - last.steady);
    const back = expected - now.clock;
    last = now;
    if (back < NOTICEABLE) return;
    const next = new Date(nextRun(expected, every)).toISOString();
    say(
      `the clock was set back by ${Math.round(back / 1_000)} s: no beat is scheduled until about ${next.slice(0, 16)}Z by this clock; start again to beat ${toWords(every)} from now on`,
    );
  }, CHECK_INTERVAL).unref();
};
