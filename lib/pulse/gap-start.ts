import { fromIndex, MINUTES_A_DAY, type Minute, toIndex } from "../domain/minute.ts";
import { overlapOf } from "../domain/timeline.ts";
import type { Gap, Pulse } from "../schemas/status.ts";

export interface GapStart {
  from: Minute;
  /** True if the gap can have begun before `from`. */
  atLeast: boolean;
}

/**
 * The first minute of a gap of the last 24 hours. A gap that is cut at the start of the 24 hours is followed back through
 * the days before, as far as their sums prove that all of their minutes were missed. `every`: minutes for each beat.
 */
export const gapStart = (
  { now, born, newest, last24h, series }: Pick<Pulse, "now" | "born" | "newest" | "last24h" | "series">,
  gap: Gap,
  every = 1,
): GapStart => {
  const cut = Math.floor(Date.parse(now) / 60_000) - MINUTES_A_DAY + every;
  const from = toIndex(gap.from);
  if (from > cut || born === null || toIndex(born) >= from) return { from: gap.from, atLeast: false };

  const spans = last24h.gaps.map((each) => ({ from: toIndex(each.from), to: toIndex(each.to) }));
  const newestMinute = newest === null ? -Infinity : toIndex(newest.minute);
  let first = from;
  for (const day of [...series.days].reverse()) {
    const midnight = toIndex(`${day.from}T00:00Z`);
    if (midnight >= first) continue;
    // The gaps of the 24 hours are known minute by minute. The rest of the day's sum lies before `first`.
    const after = { from: first, to: midnight + MINUTES_A_DAY - 1 };
    const known = spans.reduce((sum, span) => sum + Math.ceil(overlapOf(span, after) / every), 0);
    const missed = Math.max(0, day.missed - known);
    if (missed === 0) return { from: fromIndex(first), atLeast: false };
    // Without a pause on this day, all minutes after its newest beat were missed.
    if (day.covered === 0 && newestMinute >= midnight && newestMinute < first)
      return { from: fromIndex(newestMinute + every), atLeast: false };
    if (missed * every < first - midnight) return { from: fromIndex(first), atLeast: true };
    first = midnight;
  }
  return { from: fromIndex(first), atLeast: true };
};
