import { describe, expect, test } from "vitest";
import { runOneService } from "../../../../tools/local/one-service.ts";

/** Services whose processes end when `processEnds` is called. `events` lists what happens to them, in order. */
const setUp = () => {
  const events: string[] = [];
  const ending: (() => void)[] = [];
  const runner = runOneService(() => {
    const name = `service ${events.filter((event) => event.endsWith("starts")).length + 1}`;
    events.push(`${name} starts`);
    return {
      end: (signal) => {
        events.push(`${name} gets ${signal}`);
        return new Promise<void>((resolve) => {
          ending.push(() => {
            events.push(`${name} ends`);
            resolve();
          });
        });
      },
    };
  });
  const processEnds = () => ending.shift()?.();
  return { events, processEnds, ...runner };
};

describe("runOneService", () => {
  test("starts the next service when the process of the previous one has ended", async () => {
    const { events, processEnds, restart } = setUp();

    const restarted = restart();
    expect(events).toEqual(["service 1 starts", "service 1 gets SIGKILL"]);
    processEnds();
    await restarted;

    expect(events).toEqual([
      "service 1 starts",
      "service 1 gets SIGKILL",
      "service 1 ends",
      "service 2 starts",
    ]);
  });

  test("starts one service after several requests during a restart", async () => {
    const { events, processEnds, restart } = setUp();

    const restarted = [restart(), restart(), restart()];
    processEnds();
    await Promise.all(restarted);

    expect(events).toEqual([
      "service 1 starts",
      "service 1 gets SIGKILL",
      "service 1 ends",
      "service 2 starts",
    ]);
  });

  test("replaces a service that has just started", async () => {
    const { events, processEnds, restart } = setUp();
    const first = restart();
    processEnds();
    await first;

    const second = restart();
    processEnds();
    await second;

    expect(events.slice(3)).toEqual([
      "service 2 starts",
      "service 2 gets SIGKILL",
      "service 2 ends",
      "service 3 starts",
    ]);
  });

  test("starts no service when it is stopped during a restart, or later", async () => {
    const { events, processEnds, restart, stop } = setUp();

    const restarted = restart();
    const stopped = stop();
    processEnds();
    await restarted;
    processEnds();
    await stopped;
    await restart();

    expect(events).toEqual([
      "service 1 starts",
      "service 1 gets SIGKILL",
      "service 1 ends",
      "service 1 gets SIGTERM",
      "service 1 ends",
    ]);
  });
});
