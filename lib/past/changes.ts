import { type Minute, minuteAfter, momentAt, startOf } from "../domain/minute.ts";
import type { StageRules } from "../domain/thresholds.ts";
import type { Outage } from "./outages.ts";
import type { Past } from "./past.ts";

/** In the order in which changes of the same second happen. */
const KINDS = ["paused", "resumed", "down", "recovered"] as const;

/** A change of the state that subscribers are notified of. */
export interface StateChange {
  kind: (typeof KINDS)[number];
  /** RFC 3339, to the second. */
  at: string;
  /** The first missed minute, or the first minute of the pause. Together with `kind` it identifies the change. */
  minute: Minute;
  /** `recovered`: seconds without a beat. `resumed`: seconds of the pause. */
  seconds?: number;
  /** `paused`: the reason given by the operator. */
  reason?: string | undefined;
}

/**
 * The state changes of the past, newest first, computed from what is stored at `now`, in ms since the epoch. A minute that
 * arrives late removes its miss, so an outage whose minutes have all arrived has no changes.
 */
export const stateChanges = (past: Past, now: number, { downAfter }: StageRules): StateChange[] => {
  const { minuteOf, indexOf } = past.timeline;
  return [
    ...past.outages.flatMap((outage) => changesOfOutage(outage, past, { now, downAfter })),
    ...past.pauses.flatMap(({ from, to, reason }): StateChange[] => {
      const paused: StateChange = { kind: "paused", at: momentAt(startOf(from)), minute: from, reason };
      if (to === undefined) return [paused];
      // The start of the slot of the resume; `to` is the last minute of that slot.
      const resumed = startOf(minuteOf(indexOf(to)));
      const seconds = (resumed - startOf(from)) / 1_000;
      return [paused, { kind: "resumed", at: momentAt(resumed), minute: from, seconds }];
    }),
  ].sort((a, b) => b.at.localeCompare(a.at) || KINDS.indexOf(b.kind) - KINDS.indexOf(a.kind));
};

const changesOfOutage = (
  outage: Outage,
  past: Past,
  { now, downAfter }: { now: number; downAfter: number },
): StateChange[] => {
  const { from: minute, to, isAtLeast } = outage;
  // The newest counted or paused minute before the outage, from whose start `downAfter` runs.
  const { born, every, minuteOf, indexOf } = past.timeline;
  const anchor = startOf(minuteOf(Math.max(indexOf(minute) - 1, born)));
  const down = anchor + downAfter * 1_000;
  const recovered = recoveryAfter(to, past);
  const pausedNext = past.pauses.some(({ from }) => from === minuteAfter(to, every));
  const end = recovered ?? (pausedNext ? startOf(minuteAfter(to, every)) : undefined);
  if (end === undefined ? now < down : end <= down) return [];
  const changes: StateChange[] = isAtLeast ? [] : [{ kind: "down", at: momentAt(down), minute }];
  if (recovered === undefined) return changes;
  const seconds = Math.floor((recovered - anchor) / 1_000);
  return [...changes, { kind: "recovered", at: momentAt(recovered), minute, seconds }];
};

/**
 * When the first beat after a missed minute was recorded, in ms since the epoch; undefined if a pause follows, or no beat.
 * Minutes can be recorded in another order than they were scheduled.
 */
const recoveryAfter = (missed: Minute, { timeline, minutes }: Past): number | undefined => {
  let first: number | undefined;
  for (let slot = timeline.indexOf(missed) + 1; slot <= timeline.last; slot++) {
    const minute = timeline.minuteOf(slot);
    if (first !== undefined && startOf(minute) >= first) return first;
    const mark = timeline.markOf(slot);
    if (mark === "covered") return first;
    const lateness = minutes.get(minute);
    // The minutes of a day without any miss are not read, so the lateness is not known.
    if (lateness === undefined && mark === "missed") return first ?? startOf(minute);
    if (lateness !== undefined) first = Math.min(first ?? Infinity, startOf(minute) + lateness);
  }
  return first;
};
