import type { BeatStore } from "../../lib/beat-store.ts";

/** A store that forgets; it passes the same contract as the real one. */
export const createMemoryStore = (): BeatStore => {
  const minutes = new Set<string>();
  return {
    async record({ minute }) {
      if (minutes.has(minute)) return "stored";
      minutes.add(minute);
      return "counted";
    },
    async count() {
      return minutes.size;
    },
  };
};
