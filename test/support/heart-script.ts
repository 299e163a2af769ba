import fc from "fast-check";
import { expect } from "vitest";
import { beat } from "../../lib/beat.ts";
import type { BeatStore } from "../../lib/beat-store.ts";
import { fromIndex, momentAt } from "../../lib/minute.ts";
import type { Pulse } from "../../lib/pulse.ts";
import { settings } from "../../lib/settings.ts";
import { RefusedError, type SettingsRequest } from "../../lib/settings-request.ts";
import type { SettingsStore } from "../../lib/settings-store.ts";
import { viewOf } from "../../lib/views.ts";
import { createModel, type Told } from "./heart-model.ts";
import { STAGE } from "./paused-heart.ts";
import { tickAt } from "./ticks.ts";

/** What happens to a heart. */
export type Step =
  | { wait: number }
  /** Minutes pass, the tick of each delivered so many times in it: 0 is a lost one. */
  | { minutes: number; each: number }
  /** The tick of a minute so long ago, below 0 of one to come. */
  | { tick: number }
  | { ask: SettingsRequest };

/** Half an hour before a month ends. */
const START = Date.parse("2026-11-30T23:30:07Z");

const wait = fc.oneof(
  { weight: 8, arbitrary: fc.nat({ max: 300 }) },
  { weight: 2, arbitrary: fc.nat({ max: 7_200 }) },
  { weight: 1, arbitrary: fc.nat({ max: 9 * 86_400 }) },
);
const ago = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -2, max: 12 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 3_000 }) },
);
const seconds = fc.oneof(fc.integer({ min: 130, max: 600 }), fc.integer({ min: 130, max: 604_800 }));
const rules = fc.oneof(
  fc.record({ lateAfter: seconds, downAfter: seconds }),
  fc.record({ lateAfter: fc.option(seconds) }),
  fc.record({ downAfter: fc.option(seconds) }),
  fc.constant({ lateAfter: null, downAfter: null }),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ wait }) },
  {
    weight: 3,
    arbitrary: fc.record({ minutes: fc.integer({ min: 1, max: 8 }), each: fc.constantFrom(0, 1, 1, 2) }),
  },
  { weight: 5, arbitrary: fc.record({ tick: ago }) },
  { weight: 3, arbitrary: fc.constantFrom("upgrade", "again").map((pause) => ({ ask: { pause } })) },
  { weight: 3, arbitrary: fc.constant({ ask: { resume: true as const } }) },
  { weight: 1, arbitrary: rules.map((ask) => ({ ask })) },
);

/** A whole pause, of up to so many minutes, and a late tick: whether it is covered is to be asked often. */
const pauseAndTick = fc
  .tuple(fc.nat({ max: 3 }), ago)
  .map(([minutes, tick]): Step[] => [
    { ask: { pause: "short" } },
    { minutes, each: 1 },
    { ask: { resume: true } },
    { tick },
  ]);

const steps = fc.oneof(
  { weight: 6, arbitrary: step.map((one) => [one]) },
  { weight: 1, arbitrary: pauseAndTick },
);

export const scripts = fc.array(steps, { minLength: 1, maxLength: 30, size: "max" }).map((all) => all.flat());

/** Plays a script to the end, and holds each answer and a look after each step against the model's. */
export const play = async (script: readonly Step[], store: BeatStore & SettingsStore): Promise<number> => {
  let now = START;
  const model = createModel(STAGE);
  const look = async (routeKey: string, query = "") => {
    const { body } = await viewOf(routeKey).answer({ store, stage: STAGE, now, path: "/", query });
    return JSON.parse(String(body));
  };

  const deliver = async (ago: number) => {
    const minute = Math.floor(now / 60_000) - ago;
    const event = tickAt(momentAt(minute * 60_000));
    const reply = await beat(store, { rules: STAGE }, { event, now, functionName: "heartbeat" });
    const outcome = model.deliver(minute, now);
    expect(reply).toEqual({
      counted: outcome === "counted",
      minute: fromIndex(minute),
      ...(outcome === "covered" ? { paused: true } : {}),
    });
  };

  const ask = async (request: SettingsRequest) => {
    const { missed } = model.status(now);
    const { pause, resume, ...rules } = request;
    const call = {
      ...{ event: request, clock: () => now },
      ...{ stage: STAGE, requestId: "ask", functionName: "settings" },
    };
    if (pause !== undefined) model.pause(pause, now);
    if (resume) model.resume(now);
    if (model.rule(rules)) expect(await settings(store, call)).toMatchObject(model.settings());
    else await expect(settings(store, call)).rejects.toThrow(RefusedError);
    if (pause ?? resume) expect((await look("GET /status")).missed).toBe(missed);
  };

  for (const step of script) {
    if ("wait" in step) now += step.wait * 1_000;
    if ("tick" in step) await deliver(step.tick);
    if ("ask" in step) await ask(step.ask);
    if ("minutes" in step) {
      for (let minute = 0; minute < step.minutes; minute++) {
        now += 60_000;
        for (let time = 0; time < step.each; time++) await deliver(0);
      }
    }
    const status: Pulse = await look("GET /status");
    const expected = model.status(now);
    expect(only(expected, status)).toEqual(expected);
    const missedOfGaps = status.last24h.gaps.reduce((sum, { minutes }) => sum + minutes, 0);
    const present = Math.floor(now / 60_000);
    expect(missedOfGaps).toBe(model.sums(present - 1_439, present, now).missed);
    for (const percent of Object.values(status.uptime)) {
      if (percent !== null) expect(percent >= 0 && percent <= 100).toBe(true);
    }
  }

  const minutes = await look("GET /beats/history", "step=minute&limit=1440");
  const days = await look("GET /beats/history", "step=day&limit=366");
  const states = minutes.items.map(({ minute, state }: { minute: string; state: string }) => ({
    minute,
    state,
  }));
  expect(states).toEqual(model.minutes(now).slice(0, 1_440));
  expect(days.items).toEqual(model.days(now));
  return now;
};

const only = (wanted: Told, all: Pulse) =>
  Object.fromEntries(Object.entries(all).filter(([name]) => name in wanted));
