import type { BeatStore } from "../../lib/beat-store.ts";
import { startOf } from "../../lib/minute.ts";
import { settings } from "../../lib/settings.ts";
import type { SettingsStore } from "../../lib/settings-store.ts";

export const STAGE = { lateAfter: 150, downAfter: 270 };

/** A store to speak to by the clock of one day; times are such as `22:41` or `22:41:10`. */
export const onDay = (day: string, store: BeatStore & SettingsStore) => {
  const at = (time: string) => Date.parse(`${day}T${time.length === 5 ? `${time}:00` : time}Z`);
  const ask = (time: string, event: unknown) =>
    settings(store, {
      ...{ event, clock: () => at(time), stage: STAGE },
      ...{ functionName: "heartbeat-test-settings", requestId: `request-${time}` },
    });
  return {
    store,
    /** The beat of a minute, recorded in that minute or at a later time. */
    beat: (time: string, recordedAt?: string) => {
      const minute = `${day}T${time}Z`;
      return store.record({
        minute,
        recordedAt: recordedAt === undefined ? startOf(minute) + 48 : at(recordedAt),
      });
    },
    ask,
    pause: (time: string, reason = "database upgrade") => ask(time, { pause: reason }),
    resume: (time: string) => ask(time, { resume: true }),
    history: () => store.history({ minutes: `${day}T00:00Z`, days: day }),
  };
};
