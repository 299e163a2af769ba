import { dayAt, fromIndex, type Minute, momentAt, toIndex } from "../../lib/minute.ts";
import type { Pulse } from "../../lib/pulse.ts";
import type { Rules } from "../../lib/rules.ts";

/** Of /status, what the contract says in words that can be taken minute by minute. */
export type Told = Pick<
  Pulse,
  | ("state" | "since" | "born" | "beats" | "expected" | "missed" | "newest")
  | ("nextDue" | "lateAt" | "downAt" | "rules" | "pause")
>;

export type Fate = "beaten" | "early" | "missed" | "covered" | "pending" | "unborn";

/**
 * A heart as contract.md tells it ("The heart", "Expected and missed"): a set of beaten minutes, a set of
 * covered ones, and a look at each of them whenever anything is asked. It shares no rule with lib/.
 */
export const createModel = (stage: Rules) => {
  const beaten = new Set<number>();
  const covered = new Set<number>();
  let born: number | undefined;
  let open: { from: number; reason: string } | undefined;
  let resumed = Number.NEGATIVE_INFINITY;
  let lastPaused = Number.NEGATIVE_INFINITY;
  let stored: Partial<Rules> = {};

  const minuteOf = (now: number) => Math.floor(now / 60_000);
  const isCovered = (minute: number) => covered.has(minute) || (open !== undefined && minute >= open.from);
  const rules = () => ({ ...stage, ...stored });
  const isDue = (minute: number, now: number) => now >= minute * 60_000 + (rules().lateAfter - 60) * 1_000;
  const newest = () => {
    const sinceBorn = [...beaten].filter((minute) => born !== undefined && minute >= born);
    return sinceBorn.length === 0 ? undefined : Math.max(...sinceBorn);
  };

  const fateOf = (minute: number, now: number): Fate => {
    if (born === undefined || minute < born) return beaten.has(minute) ? "early" : "unborn";
    if (beaten.has(minute)) return "beaten";
    if (isCovered(minute)) return "covered";
    return isDue(minute, now) ? "missed" : "pending";
  };

  /** From when on the streak, or else what ages run from. */
  const upSince = (anchor: number, now: number): number => {
    let since: number | undefined;
    const end = Math.max(minuteOf(now), newest() ?? 0);
    for (let minute = Math.max(born ?? 0, minuteOf(now) - 1_439); minute <= end; minute++) {
      const fate = fateOf(minute, now);
      if (fate === "missed") since = undefined;
      if (fate === "beaten") since ??= minute;
    }
    return since ?? anchor;
  };

  const stateAt = (now: number): Pick<Told, "state" | "since" | "lateAt" | "downAt"> => {
    const limits = { lateAt: null, downAt: null };
    const at = (time: number) => momentAt(Math.min(time, now));
    if (open !== undefined) return { state: "paused", since: at(open.from * 60_000), ...limits };
    if (born === undefined) return { state: "new", since: null, ...limits };
    const anchor = Math.max(newest() ?? born, resumed);
    const late = anchor * 60_000 + rules().lateAfter * 1_000;
    const down = anchor * 60_000 + rules().downAfter * 1_000;
    const [state, since] =
      now >= down
        ? (["down", down] as const)
        : now >= late
          ? (["late", late] as const)
          : (["up", upSince(anchor, now) * 60_000] as const);
    return { state, since: at(since), lateAt: momentAt(late), downAt: momentAt(down) };
  };

  const nextDueAt = (now: number): string | null => {
    if (born === undefined || open !== undefined) return null;
    let minute = born;
    while (fateOf(minute, now) !== "pending") minute++;
    return momentAt(minute * 60_000 + (rules().lateAfter - 60) * 1_000);
  };

  const model = {
    deliver(minute: number, now: number): "counted" | "stored" | "covered" {
      if (beaten.has(minute)) return "stored";
      if (isCovered(minute)) {
        if (open !== undefined && minute >= open.from) lastPaused = Math.max(lastPaused, minute);
        return "covered";
      }
      born ??= minuteOf(now);
      beaten.add(minute);
      return "counted";
    },
    pause(reason: string, now: number) {
      if (open !== undefined) return;
      let from = Math.max(minuteOf(now), (newest() ?? Number.NEGATIVE_INFINITY) + 1);
      // What another pause covers is covered already.
      while (covered.has(from)) from++;
      open = { from, reason };
    },
    resume(now: number) {
      if (open === undefined) return;
      // What was answered as paused stays covered, though its tick came before its minute.
      resumed = Math.max(minuteOf(now), lastPaused);
      for (let minute = open.from; minute <= resumed; minute++) covered.add(minute);
      open = undefined;
    },
    /** Whether these rules can be; null: the stage's. */
    rule(asked: { [rule in keyof Rules]?: number | null | undefined }): boolean {
      const wanted = Object.entries({ ...stored, ...asked }).filter(([, value]) => value != null);
      const { lateAfter, downAfter }: Rules = { ...stage, ...Object.fromEntries(wanted) };
      if (lateAfter >= downAfter) return false;
      stored = Object.fromEntries(wanted);
      return true;
    },
    settings: () => ({
      ...rules(),
      pause: open === undefined ? null : { from: fromIndex(open.from), reason: open.reason },
    }),
    status(now: number): Told {
      const missed = model.sums(born ?? Infinity, minuteOf(now), now).missed;
      const last = newest();
      const age = last === undefined ? 0 : Math.max(0, Math.floor(now / 1_000) - last * 60);
      return {
        ...stateAt(now),
        born: born === undefined ? null : fromIndex(born),
        beats: beaten.size,
        expected: beaten.size + missed,
        missed,
        newest: last === undefined ? null : { minute: fromIndex(last), age },
        nextDue: nextDueAt(now),
        rules: rules(),
        pause: model.settings().pause,
      };
    },
    sums(from: number, to: number, now: number) {
      const fates = { beaten: 0, early: 0, missed: 0, covered: 0, pending: 0, unborn: 0 };
      for (let minute = from; minute <= to; minute++) fates[fateOf(minute, now)]++;
      const { early, missed, covered } = fates;
      const beats = fates.beaten + early;
      return { beats, expected: beats + missed, missed, covered, early };
    },
    /** Each minute since the birth, newest first. */
    minutes(now: number): { minute: Minute; state: Fate }[] {
      const minutes = [];
      for (let minute = minuteOf(now); born !== undefined && minute >= born; minute--)
        minutes.push({ minute: fromIndex(minute), state: fateOf(minute, now) });
      return minutes;
    },
    /** Each day since the birth, newest first. */
    days(now: number) {
      const days = [];
      const birthday = born === undefined ? Infinity : toIndex(`${dayAt(born * 60_000)}T00:00Z`);
      const today = toIndex(`${dayAt(now)}T00:00Z`);
      for (let day = today; day >= birthday; day -= 1_440) {
        const to = Math.min(day + 1_439, minuteOf(now));
        days.push({ day: dayAt(day * 60_000), ...model.sums(day, to, now) });
      }
      return days;
    },
  };
  return model;
};
