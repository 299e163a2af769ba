import { describe, expect, test } from "vitest";
import { loadThresholds } from "../../lib/domain/thresholds.ts";
import { renderMetrics } from "../../lib/http/prometheus.ts";
import { pulse } from "../../lib/pulse/pulse.ts";
import { type Facts, historyOf, minutesFrom } from "../support/fixtures/history.ts";
import { needs } from "../support/optional/needs.ts";
import { testRules } from "../support/programs/promtool.ts";

const FILE = "docs/prometheus-alerts.yml";
const START = Date.parse("2026-11-23T22:00:30Z");
const LENGTH = 16;
const MINUTES = Array.from({ length: LENGTH }, (_, minute) => minute);
const BORN = "2026-11-23T20:00Z";

/** The reply of a target in each minute. "lost": no reply. undefined: the target is not scraped in this minute. */
type Target = (minute: number) => Facts | "lost" | undefined;

/** The metrics of a service that beats until now, or until the given minute. */
const beating =
  (last = LENGTH): Target =>
  (minute) => {
    const newest = new Date(START + Math.min(minute, last) * 60_000).toISOString();
    return { born: BORN, beaten: minutesFrom(BORN, `${newest.slice(0, 16)}Z`) };
  };
const paused: Target = (minute) => ({
  born: BORN,
  beaten: minutesFrom(BORN, "2026-11-23T22:00Z"),
  ...(minute === 0 ? {} : { pauses: [{ from: "2026-11-23T22:01Z" }] }),
});
const lostAt =
  (target: Target, ...lost: number[]): Target =>
  (minute) =>
    lost.includes(minute) ? "lost" : target(minute);

/** The samples that Prometheus stores for each instance of the job. */
const seriesOf = (targets: Record<string, Target>) => {
  const samples = new Map<string, string[]>();
  const put = (name: string, minute: number, value: string) => {
    const values = samples.get(name) ?? MINUTES.map(() => "_");
    values[minute] = value;
    // Prometheus marks a series as stale when it is no longer scraped.
    if (minute + 1 < LENGTH) values[minute + 1] = "stale";
    samples.set(name, values);
  };
  for (const [instance, target] of Object.entries(targets)) {
    const labels = `job="heartbeat",instance="${instance}"`;
    for (const minute of MINUTES) {
      const answer = target(minute);
      if (answer === undefined) continue;
      put(`up{${labels}}`, minute, answer === "lost" ? "0" : "1");
      if (answer === "lost") continue;
      const { body = "" } = renderMetrics(
        pulse(historyOf(answer), START + minute * 60_000, loadThresholds({})),
      );
      for (const [, name, own, value] of body.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)) {
        put(`${name}{${own === undefined ? "" : `${own},`}${labels}}`, minute, `${value}`);
      }
    }
  }
  return [...samples].map(([series, values]) => ({ series, values: values.join(" ") }));
};

const down = (instance: string) => ({
  labels: { job: "heartbeat", instance, state: "down" },
  annotations: { summary: `The heartbeat of ${instance} is down.` },
});
const unreachable = (instance: string) => ({
  labels: { job: "heartbeat", instance },
  annotations: { summary: `Prometheus gets no metrics of a heartbeat from ${instance}.` },
});
const noTarget = {
  labels: { job: "heartbeat" },
  annotations: { summary: "Prometheus gets no metrics of a heartbeat." },
};

type Firing = { labels: object; annotations: object };

/** Runs the rules of docs/ for 16 minutes and compares the alerts of each minute with the expected ones. */
const outcomeOf = (
  targets: Record<string, Target>,
  { HeartbeatDown, HeartbeatUnreachable }: Record<string, (minute: number) => Firing[]>,
) => {
  const rules = { HeartbeatDown, HeartbeatUnreachable };
  const alerts = MINUTES.flatMap((minute) =>
    Object.entries(rules).map(([alertname, firing]) => ({
      minute,
      alertname,
      firing: firing?.(minute) ?? [],
    })),
  );
  return testRules(FILE, { series: seriesOf(targets), alerts });
};
const from = (first: number, firing: Firing, last = LENGTH) => ({
  at: (minute: number) => (minute >= first && minute <= last ? [firing] : []),
});

describe("the alerting rules for Prometheus", needs("promtool"), () => {
  test.each<[string, Record<string, Target>, Record<string, (minute: number) => Firing[]>]>([
    ["do not fire for a healthy service", { a: beating() }, {}],
    ["do not fire when one scrape is lost", { a: lostAt(beating(), 5) }, {}],
    ["do not fire when two scrapes are lost", { a: lostAt(beating(), 5, 6) }, {}],
    ["do not fire before the first scrape", { a: (m) => (m === 0 ? undefined : beating()(m)) }, {}],
    ["do not fire during a pause", { a: paused }, {}],
    ["do not fire for a stage in the state new", { a: () => ({}) }, {}],
    [
      "fire 2 minutes after a target stops replying",
      { a: (minute) => (minute < 5 ? beating()(minute) : "lost") },
      { HeartbeatUnreachable: from(7, unreachable("a")).at },
    ],
    [
      "fire for the one of two targets that stopped replying",
      { a: beating(), b: (minute) => (minute < 5 ? beating()(minute) : "lost") },
      { HeartbeatUnreachable: from(7, unreachable("b")).at },
    ],
    [
      "fire when the job has no target left",
      { a: (minute) => (minute < 5 ? beating()(minute) : undefined) },
      { HeartbeatUnreachable: from(7, noTarget).at },
    ],
    ["fire as soon as the state is down", { a: beating(4) }, { HeartbeatDown: from(8, down("a")).at }],
    [
      "keep firing while the state is down and one scrape is lost",
      { a: lostAt(beating(4), 11) },
      { HeartbeatDown: from(8, down("a")).at },
    ],
    [
      "fire for the one of two targets that is down",
      { a: beating(), b: beating(4) },
      { HeartbeatDown: from(8, down("b")).at },
    ],
  ])("%s", (_, targets, firing) => {
    expect(outcomeOf(targets, firing)).toEqual({ code: 0, output: expect.stringContaining("SUCCESS") });
  });
});
