import { type Beat, type BeatStore, type DaySums, latenessOf } from "../../lib/beat-store.ts";
import { type Minute, minuteAt } from "../../lib/minute.ts";

const NOTHING = { from: "~", to: "" };

/** A store that forgets; it passes the same contract as the real one. */
export const createMemoryStore = (): BeatStore => {
  const beats = new Map<Minute, Beat>();
  let born: Minute | undefined;

  const isEarly = (minute: Minute) => born !== undefined && minute < born;
  const sumsOf = (minutes: Minute[]): DaySums => ({
    beats: minutes.length,
    early: minutes.filter(isEarly).length,
    covered: 0,
  });

  return {
    async record(beat) {
      if (beats.has(beat.minute)) return "stored";
      born ??= minuteAt(beat.recordedAt);
      beats.set(beat.minute, beat);
      return "counted";
    },
    async count() {
      return beats.size;
    },
    async history(reach) {
      const minutes = [...beats.keys()].sort();
      const recent = [...beats].filter(([minute]) => minute >= reach.minutes);
      const days = new Set(minutes.map((minute) => minute.slice(0, 10)).filter((day) => day >= reach.days));
      return {
        ...sumsOf(minutes),
        born,
        newest: minutes.filter((minute) => !isEarly(minute)).at(-1),
        minutes: new Map(recent.map(([minute, beat]) => [minute, latenessOf(beat)])),
        days: new Map([...days].map((day) => [day, sumsOf(minutes.filter((m) => m.startsWith(day)))])),
        pauses: [],
      };
    },
    async past({ minutes = NOTHING, days = NOTHING }) {
      const { born, ...all } = await this.history({ minutes: "", days: "" });
      const isIn =
        ({ from, to }: typeof NOTHING) =>
        ([key]: readonly [string, unknown]) =>
          from <= key && key <= to;
      return {
        born,
        minutes: new Map([...all.minutes].filter(isIn(minutes))),
        days: new Map([...all.days].filter(isIn(days))),
        pauses: [],
      };
    },
  };
};
