import { describe, expect, test } from "vitest";
import { renderMetrics } from "../../lib/http/prometheus.ts";
import { pulse } from "../../lib/pulse/pulse.ts";
import { historyOf, minutesFrom } from "../support/fixtures/history.ts";
import { NASTY, NASTY_IN_METRICS } from "../support/fixtures/reasons.ts";
import { needs } from "../support/optional/needs.ts";
import { checkMetrics } from "../support/programs/promtool.ts";

const BEATEN = { born: "2026-11-23T20:00Z", beaten: minutesFrom("2026-11-23T20:00Z", "2026-11-23T22:39Z") };
const PAUSED = { ...BEATEN, pauses: [{ from: "2026-11-23T22:40Z" }] };

describe("promtool accepts the metrics", needs("promtool"), () => {
  test.each([
    ["new", {}, "22:40"],
    ["up", BEATEN, "22:40"],
    ["late", BEATEN, "22:41"],
    ["down", BEATEN, "23:59"],
    ["paused", PAUSED, "23:59"],
  ])("of the state %s", (state, facts, time) => {
    const now = Date.parse(`2026-11-23T${time}Z`);

    const { body = "" } = renderMetrics(
      pulse(historyOf(facts), now, { lateAfter: 120, downAfter: 240, every: 1 }),
    );

    expect(body).toContain(`heartbeat_state{state="${state}"} 1\n`);
    expect(checkMetrics(body)).toEqual({ code: 0, output: "" });
  });

  test("of a pause whose reason needs escaping", () => {
    const paused = { ...BEATEN, pauses: [{ from: "2026-11-23T22:40Z", reason: NASTY }] };
    const now = Date.parse("2026-11-23T23:59Z");

    const { body = "" } = renderMetrics(
      pulse(historyOf(paused), now, { lateAfter: 120, downAfter: 240, every: 1 }),
    );

    expect(body).toContain(`heartbeat_pause_info{reason="${NASTY_IN_METRICS}"} 1\n`);
    expect(checkMetrics(body)).toEqual({ code: 0, output: "" });
  });
});
