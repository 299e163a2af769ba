import type { Pause } from "./beat-store.ts";
import type { Minute } from "./minute.ts";
import type { PauseContext } from "./pauses.ts";
import type { Thresholds } from "./thresholds.ts";

/** When and by whom the settings were changed. */
export interface ChangeInfo {
  /** UTC, with milliseconds. */
  time: string;
  requestId: string;
  by?: string;
}

/** A pause that has not ended. */
export interface OpenPause {
  from: Minute;
  reason: string;
  /** The version of the settings that began it. */
  version: number;
}

export interface Settings {
  /** Increases by 1 with each change; 0 before the first one. */
  version: number;
  changeInfo: ChangeInfo | undefined;
  /** The stored thresholds, which take precedence over those of the stage. */
  thresholds: Partial<Thresholds>;
  pause: OpenPause | undefined;
  /** Recent pauses, in order of time. */
  pauses: readonly Pause[];
  /** Minutes since `born` that ended pauses cover; undefined if never stored. */
  covered: number | undefined;
  pauseContext: PauseContext;
}

/** A change of the settings. Absent properties do not change. */
export interface Change {
  changeInfo: ChangeInfo;
  /** All thresholds to store. */
  thresholds?: Partial<Thresholds>;
  begun?: Omit<OpenPause, "version">;
  ended?: Required<Pick<Pause, "from" | "to">>;
}

export interface SettingsStore {
  /** @throws StoreUnavailableError, StoreRefusedError, MalformedRowError */
  settings(): Promise<Settings>;

  /**
   * Stores a change in one transaction, on the condition that the settings and the pause context are as they were seen.
   * `conflict`: they are not, and nothing is changed.
   * @throws StoreUnavailableError, StoreRefusedError. The message says whether nothing is changed or the outcome is
   * unknown.
   */
  change(seen: Settings, change: Change): Promise<"changed" | "conflict">;
}
