import { type Beat, type BeatStore, type DaySums, latenessMs } from "../../../lib/domain/beat-store.ts";
import { type Minute, minuteAfter, minuteAt, minuteBefore, toIndex } from "../../../lib/domain/minute.ts";
import { covers, latest, NEVER } from "../../../lib/domain/pauses.ts";
import type { Settings, SettingsStore } from "../../../lib/domain/settings-store.ts";
import { minutesFrom } from "../fixtures/history.ts";

interface StoredPause {
  from: Minute;
  to?: Minute;
  reason: string;
}

/** A store in memory that passes the same contracts as the DynamoDB store. */
export const createMemoryStore = (): BeatStore & SettingsStore => {
  const beats = new Map<Minute, Beat>();
  const pauses: StoredPause[] = [];
  let born: Minute | undefined;
  let slotMinutes = 1;
  let lastPaused: Minute | undefined;
  let view: Pick<Settings, "version" | "changeInfo" | "thresholds" | "pause"> = {
    ...{ version: 0, changeInfo: undefined, thresholds: {}, pause: undefined },
  };

  const isEarly = (minute: Minute) => born !== undefined && minute < born;
  const newest = () =>
    [...beats.keys()]
      .filter((minute) => !isEarly(minute))
      .sort()
      .at(-1);
  const coveredMinutes = () =>
    pauses
      .flatMap(({ from, to }) => (to === undefined ? [] : minutesFrom(from, to)))
      .filter((minute) => born !== undefined && minute >= born && toIndex(minute) % slotMinutes === 0);
  const sumsOf = (minutes: Minute[], covered: Minute[]): DaySums => ({
    beats: minutes.length,
    early: minutes.filter(isEarly).length,
    covered: covered.length,
  });
  /** Every pause that covers a minute, as a history contains it. */
  const coveringPauses = () =>
    pauses
      .filter(({ from, to = NEVER }) => to >= from)
      .map(({ from, to, reason }) => (to === undefined ? { from, reason } : { from, to }));
  const stored = () => (born === undefined || slotMinutes === 1 ? undefined : slotMinutes);
  const openFrom = () => {
    const last = pauses.at(-1);
    return last === undefined ? undefined : last.to === undefined ? NEVER : minuteAfter(last.to);
  };
  const settings = (): Settings => ({
    ...view,
    pauses: coveringPauses(),
    covered: view.version === 0 && coveredMinutes().length === 0 ? undefined : coveredMinutes().length,
    pauseContext: { born, newest: newest(), slotMinutes: stored(), openFrom: openFrom(), lastPaused },
  });

  const lookUp = (minute: Minute) => {
    if (beats.has(minute)) return "duplicate";
    const pause = pauses.find((each) => covers(each, minute));
    if (pause !== undefined && pause.to === undefined && minute > (lastPaused ?? "")) lastPaused = minute;
    return pause && "covered";
  };

  return {
    async lookUp({ minute }) {
      return lookUp(minute);
    },
    async record(beat) {
      const known = lookUp(beat.minute);
      if (known !== undefined) return known;
      const { every = 1 } = beat;
      if (born === undefined || (beat.minute >= born && every !== slotMinutes)) {
        const free = born === undefined ? undefined : minuteAfter(newest() ?? minuteBefore(born), every);
        born = latest([minuteAt(beat.recordedAt, every), free]);
        slotMinutes = every;
      }
      beats.set(beat.minute, beat);
      return "counted";
    },
    async count() {
      return beats.size;
    },
    async read(range) {
      const minutes = [...beats.keys()];
      const covered = coveredMinutes();
      const days = new Set([...minutes, ...covered].map((minute) => minute.slice(0, 10)));
      const of = (day: string) => (minute: Minute) => minute.startsWith(day);
      return {
        ...sumsOf(minutes, covered),
        born,
        newest: newest(),
        slotMinutes: stored(),
        minutes: new Map(
          [...beats]
            .filter(([minute]) => isIn(range.minutes, minute))
            .map(([minute, beat]) => [minute, latenessMs(beat)]),
        ),
        days: new Map(
          [...days]
            .filter((day) => isIn(range.days, day))
            .map((day) => [day, sumsOf(minutes.filter(of(day)), covered.filter(of(day)))]),
        ),
        pauses: coveringPauses(),
        thresholds: view.thresholds,
      };
    },
    async past({ days, pauses: { from, to = NEVER } }) {
      return {
        minutes: new Map(
          [...beats]
            .filter(([minute]) => days.includes(minute.slice(0, 10)))
            .map(([minute, beat]) => [minute, latenessMs(beat)]),
        ),
        pauses: pauses
          .filter((pause) => (pause.to ?? NEVER) >= pause.from)
          .filter((pause) => pause.from <= to && (pause.to ?? NEVER) >= from),
        pausesKnownFrom: from,
      };
    },
    async thresholds() {
      return view.thresholds;
    },
    async settings() {
      return settings();
    },
    async change(seen, change) {
      const { version, pauseContext } = settings();
      const isSame = JSON.stringify(pauseContext) === JSON.stringify(seen.pauseContext);
      if (version !== seen.version || !isSame) return "conflict";
      const { changeInfo, thresholds = view.thresholds, begun, ended } = change;
      view = { ...view, version: version + 1, changeInfo, thresholds };
      if (begun !== undefined) {
        pauses.push({ ...begun });
        view.pause = { ...begun, version: version + 1 };
      }
      const open = pauses.at(-1);
      if (ended !== undefined && open !== undefined) {
        open.to = ended.to;
        view.pause = undefined;
      }
      return "changed";
    },
  };
};

const isIn = (range: { from: string; to?: string } | undefined, key: string): boolean =>
  range !== undefined && range.from <= key && (range.to === undefined || key <= range.to);
