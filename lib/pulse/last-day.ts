import type { History } from "../domain/beat-store.ts";
import { lengthOf, type Span, slotsADay, slotsAhead, spansOf, type Timeline } from "../domain/timeline.ts";
import type { Gap, LastDay } from "../schemas/status.ts";

export const summarizeLastDay = (history: History, timeline: Timeline): LastDay => {
  const window = { from: timeline.last - slotsADay(timeline) + 1, to: timeline.last };
  const gaps = gapsOf(timeline, window);
  return {
    gaps,
    longestGap: gaps.reduce<Gap | null>((a, b) => (a !== null && a.minutes >= b.minutes ? a : b), null),
    streak: streakOf(history, timeline, window),
    lateness: latenessPercentiles(history, timeline, window),
  };
};

const gapsOf = (timeline: Timeline, window: Span): Gap[] => {
  const spans = spansOf(timeline, window, "missed").reverse();
  return spans.map((span) => ({
    from: timeline.minuteOf(span.from),
    to: timeline.minuteOf(span.to),
    minutes: lengthOf(span),
  }));
};

const streakOf = (history: History, timeline: Timeline, { from }: Span) => {
  const { born, markOf, last, minuteOf } = timeline;
  // No minute after `last` is missed, so all such beats are in the streak.
  const ahead = slotsAhead(history, timeline);
  let first = ahead.length === 0 ? null : Math.min(...ahead);
  let minutes = ahead.length;
  let minute = last;
  for (; minute >= Math.max(from, born) && markOf(minute) !== "missed"; minute--) {
    if (markOf(minute) !== "beaten") continue;
    first = minute;
    minutes++;
  }
  return { minutes, from: first === null ? null : minuteOf(first), atLeast: minute < from && born < from };
};

/** In ms; null if no minute of the window was counted. */
export const latenessPercentiles = (
  { minutes }: Pick<History, "minutes">,
  { born, indexOf }: Timeline,
  { from, to }: Span,
): LastDay["lateness"] => {
  const sorted = [...minutes]
    .filter(([minute]) => indexOf(minute) >= Math.max(from, born) && indexOf(minute) <= to)
    .map(([, lateness]) => lateness)
    .sort((a, b) => a - b);
  const max = sorted.at(-1);
  // Nearest rank: each percentile is a measured value.
  const percentile = (percent: number) => sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? 0;
  return max === undefined ? null : { p50: percentile(50), p95: percentile(95), max };
};
