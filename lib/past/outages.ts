import { addDays, type Day, type Minute } from "../domain/minute.ts";
import { lengthOf, type Span, slotsADay, spansOf, type Timeline } from "../domain/timeline.ts";

/** Consecutive missed minutes. */
export interface Outage {
  from: Minute;
  to: Minute;
  /** The length: the number of missed slots, times the interval. */
  minutes: number;
  /** No minute after it is counted, paused or still pending without being late: it can become longer. */
  isOngoing: boolean;
  /** It may have begun before `from`, in a part of the past that was not read. */
  isAtLeast: boolean;
}

/** The statistics of a day. */
export interface DayTally {
  from: Day;
  beaten: number;
  missed: number;
}

/** The largest number of days that are read minute by minute. It limits the cost of a request. */
export const MAX_READ_DAYS = 10;

/** Which days to read minute by minute, and the first day whose outages are known then. */
export interface ReadPlan {
  days: Day[];
  since: Day;
}

/**
 * Plans what to read: the newest days on which some minutes were missed and others were not. On any other day nothing or
 * everything was missed, so its sums are enough. `days`: in order of time; the last one is today, whose minutes are known.
 * `slots`: how many beats a day has.
 */
export const planReads = (days: readonly DayTally[], slots: number): ReadPlan => {
  const plan: ReadPlan = { days: [], since: days[0]?.from ?? "" };
  for (const day of [...days].reverse().slice(1)) {
    if (day.missed === 0 || day.missed === slots) continue;
    if (plan.days.length === MAX_READ_DAYS) return { ...plan, since: addDays(day.from, 1) };
    plan.days.push(day.from);
  }
  return plan;
};

/** The slots of a day. */
export const spanOfDay = (day: Day, timeline: Pick<Timeline, "every" | "indexOf">): Span => {
  const from = timeline.indexOf(`${day}T00:00Z`);
  return { from, to: from + slotsADay(timeline) - 1 };
};

/**
 * The outages of the given days, newest first. `timeline` must know every minute of a day on which a minute was missed.
 * `days`: consecutive, in order of time.
 */
export const outagesOf = (timeline: Timeline, days: readonly DayTally[]): Outage[] => {
  const spans: Span[] = [];
  for (const day of days.filter(({ missed }) => missed > 0)) {
    const { from, to } = spanOfDay(day.from, timeline);
    for (const span of spansOf(timeline, { from, to: Math.min(to, timeline.last) }, "missed")) {
      const previous = spans.at(-1);
      if (previous?.to === span.from - 1) previous.to = span.to;
      else spans.push(span);
    }
  }
  const first = timeline.indexOf(`${days[0]?.from}T00:00Z`);
  return spans.reverse().map((span) => ({
    from: timeline.minuteOf(span.from),
    to: timeline.minuteOf(span.to),
    minutes: lengthOf(span) * timeline.every,
    isOngoing: span.to === timeline.lastDue && isPending(timeline, span.to + 1),
    isAtLeast: span.from === first && span.from > timeline.born,
  }));
};

/** Whether all minutes from `minute` until now are pending. */
const isPending = ({ markOf, last }: Timeline, minute: number): boolean => {
  for (let each = minute; each <= last; each++) if (markOf(each) !== "pending") return false;
  return true;
};
