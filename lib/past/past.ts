import type { BeatStore, History, Pause } from "../domain/beat-store.ts";
import { addDays, type Day } from "../domain/minute.ts";
import { latest } from "../domain/pauses.ts";
import { tallyEachDay, uptimeOf } from "../domain/tally.ts";
import type { StageRules } from "../domain/thresholds.ts";
import { createTimeline, slotsADay, type Timeline } from "../domain/timeline.ts";
import { DAYS } from "../pulse/pulse.ts";
import { type DayTally, type Outage, outagesOf, planReads } from "./outages.ts";

/** The sums of a calendar month, or of the part of it that lies within the last 90 days. */
export interface MonthSum {
  /** Such as `2026-11`. */
  month: string;
  /** The first day of the month that is included. */
  from: Day;
  beaten: number;
  missed: number;
  /** In percent; null if no minute was expected. */
  uptime: number | null;
  /** The number of outages that began in this month; null if not all of its days were read. */
  outages: number | null;
}

/** The outages, pauses and months of the last 90 days. */
export interface Past {
  /** Newest first. */
  outages: Outage[];
  /** The first day whose outages are all in `outages`. */
  since: Day;
  /** Newest first, each with its reason. The newest one can be open. */
  pauses: Pause[];
  /** Newest first. */
  months: MonthSum[];
  /** All minutes that were read. */
  timeline: Timeline;
  /** Milliseconds from the start of each read minute to its recording. */
  minutes: ReadonlyMap<string, number>;
}

/**
 * Reads the past that the snapshot `history` at `now` does not contain: at most 10 days minute by minute, and 100 pauses.
 * @throws StoreUnavailableError, StoreRefusedError, MalformedRowError
 */
export const readPast = async (
  store: Pick<BeatStore, "past">,
  history: History,
  now: number,
  rules: StageRules,
): Promise<Past> => {
  const known = createTimeline(history, now, rules);
  const days = tallyEachDay(history, known, DAYS).reverse();
  const plan = planReads(days, slotsADay(known));
  const first = `${plan.since}T00:00Z`;
  const stored = await store.past({ days: plan.days, pauses: { from: first } });
  const isComplete = stored.pausesKnownFrom <= first;
  // Without the pauses before `pausesKnownFrom`, paused minutes of that day look missed.
  const complete = isComplete ? plan.since : addDays(stored.pausesKnownFrom.slice(0, 10), 1);
  // Nothing is known of the missed minutes before `born`.
  const since = latest([complete, history.born?.slice(0, 10)]);
  const minutes = new Map([...history.minutes, ...stored.minutes]);
  const timeline = createTimeline({ ...history, minutes, pauses: stored.pauses }, now, rules);
  const outages = outagesOf(
    timeline,
    days.filter(({ from }) => from >= since),
  );
  return {
    outages,
    since,
    pauses: [...stored.pauses].reverse(),
    months: sumMonths(days, outages, since),
    timeline,
    minutes,
  };
};

const sumMonths = (days: readonly DayTally[], outages: readonly Outage[], since: Day): MonthSum[] => {
  const months = new Map<string, DayTally[]>();
  for (const day of days) {
    const month = day.from.slice(0, 7);
    months.set(month, [...(months.get(month) ?? []), day]);
  }
  return [...months].reverse().map(([month, each]) => {
    const beaten = each.reduce((sum, day) => sum + day.beaten, 0);
    const missed = each.reduce((sum, day) => sum + day.missed, 0);
    const isComplete = each.every((day) => day.from >= since || day.missed === 0);
    return {
      month,
      from: each[0]?.from ?? month,
      beaten,
      missed,
      uptime: uptimeOf({ beaten, missed }),
      outages: isComplete ? outages.filter(({ from }) => from.startsWith(month)).length : null,
    };
  });
};
