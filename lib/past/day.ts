import type { BeatStore, DaySums, Pause } from "../domain/beat-store.ts";
import { BadRequestError } from "../domain/errors.ts";
import { type Day, isMinute, type Minute } from "../domain/minute.ts";
import { type SpanTally, tallySpan, uptimeOf } from "../domain/tally.ts";
import { effectiveThresholds, type StageRules } from "../domain/thresholds.ts";
import { createTimeline, type Mark, type Span, slotsAnHour, type Timeline } from "../domain/timeline.ts";
import { latenessPercentiles } from "../pulse/last-day.ts";
import type { LastDay } from "../schemas/status.ts";
import { formatValue } from "../text/format-value.ts";
import { type Outage, outagesOf, spanOfDay } from "./outages.ts";

/**
 * What the statistics know of a day.
 * - `future`: the day has not begun.
 * - `new`: no beat has been recorded yet.
 * - `before the first beat`: the first beat was recorded after the day.
 * - `before the statistics`: beats before `born` were counted, but the missed minutes before it are not known. The interval
 *   changed at `born`, or old minutes were delivered after the first beat.
 * - `measured`: `born` is on the day or before it.
 */
export type DayKind = "future" | "new" | "before the first beat" | "before the statistics" | "measured";

/** A whole UTC day: its sums, and each of its minutes. */
export interface DayReport extends SpanTally {
  day: Day;
  /** In percent; null if no minute was expected. */
  uptime: number | null;
  /** The marks of the slots of 24 hours; null before `born` and after the current minute. */
  hours: { from: Minute; marks: (Mark | null)[] }[];
  /** In order of time, cut at the ends of the day. */
  outages: Outage[];
  /** Every pause that covers a minute of the day, in order of time, whole and with its reason. */
  pauses: readonly Pause[];
  /** In ms; null if no minute was counted. */
  lateness: LastDay["lateness"];
  /** The next day exists. */
  hasNext: boolean;
  kind: DayKind;
  /** The start of the statistics; undefined before the first beat. */
  born: Minute | undefined;
  /** The beats of the day before `born`. */
  early: number;
}

/**
 * Parses the parameter `day`; undefined without it. Other parameters are ignored, because links to a page often get some.
 * @throws BadRequestError if it is not a day of the calendar
 */
export const toDay = (query: string): Day | undefined => {
  const days = new URLSearchParams(query).getAll("day");
  const [day] = days;
  if (day === undefined) return undefined;
  if (days.length > 1) throw new BadRequestError("day must not be repeated");
  if (isMinute(`${day}T00:00Z`)) return day;
  throw new BadRequestError(`day must be a UTC day like 2026-11-23, not ${formatValue(day)}`);
};

/**
 * Reads one day at `now`, in ms since the epoch. Each day costs the same: the totals, 24 hour rows and the pauses.
 * @throws StoreUnavailableError, StoreRefusedError, MalformedRowError
 */
export const readDay = async (
  store: Pick<BeatStore, "past" | "read">,
  day: Day,
  now: number,
  stage: StageRules,
): Promise<DayReport> => {
  const [start, end] = [`${day}T00:00Z`, `${day}T23:59Z`];
  const [totals, past] = await Promise.all([
    store.read({}),
    store.past({ days: [day], pauses: { from: start, to: end } }),
  ]);
  const { minutes, pauses } = past;
  const timeline = createTimeline(
    { ...totals, minutes, pauses },
    now,
    effectiveThresholds(stage, totals.thresholds),
  );
  const { last, born, markOf, minuteOf, indexOf } = timeline;
  const whole = spanOfDay(day, timeline);
  const span = { from: Math.max(whole.from, indexOf(past.pausesKnownFrom)), to: Math.min(whole.to, last) };
  const tally = tallySpan(timeline, span);
  const outages = outagesOf(timeline, [{ from: day, ...tally }]).filter(
    ({ from }) => indexOf(from) >= span.from,
  );
  const lateness = latenessPercentiles(past, timeline, span);
  const early = [...minutes.keys()].filter((minute) => minute.startsWith(day) && indexOf(minute) < born);
  return {
    day,
    ...tally,
    uptime: uptimeOf(tally),
    hours: Array.from({ length: 24 }, (_, hour) => {
      const from = whole.from + hour * slotsAnHour(timeline);
      const marks = Array.from({ length: slotsAnHour(timeline) }, (_, n) => {
        const slot = from + n;
        return slot < span.from || slot > span.to ? null : (markOf(slot) ?? null);
      });
      return { from: minuteOf(from), marks };
    }),
    outages: outages.reverse(),
    pauses,
    lateness,
    hasNext: whole.to < last,
    kind: kindOf(whole, timeline, totals),
    born: totals.born,
    early: early.length,
  };
};

const kindOf = (day: Span, { born, last }: Timeline, { early }: DaySums): DayKind => {
  if (day.from > last) return "future";
  if (born === Infinity) return "new";
  if (born <= day.to) return "measured";
  return early === 0 ? "before the first beat" : "before the statistics";
};
