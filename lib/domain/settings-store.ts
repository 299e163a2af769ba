import type { Pause } from "./beat-store.ts";
import type { Minute } from "./minute.ts";
import type { PauseContext } from "./pauses.ts";
import type { Thresholds } from "./thresholds.ts";

/** The author and time of a change of the settings. */
export interface ChangeInfo {
  /** RFC 3339 in UTC, with milliseconds. */
  time: string;
  requestId: string;
  by?: string;
}

/** A pause that has not ended. */
export interface OpenPause {
  from: Minute;
  reason: string;
  /** The version of the settings that began the pause. */
  version: number;
}

export interface Settings {
  /** Increases by 1 with each change; 0 before the first. */
  version: number;
  changeInfo: ChangeInfo | undefined;
  /** The stored thresholds, which take precedence over those of the stage. */
  thresholds: Partial<Thresholds>;
  pause: OpenPause | undefined;
  /** In order of time: recently ended pauses, always the latest one, and the open one. */
  pauses: readonly Pause[];
  /** Minutes since `born` that ended pauses cover; undefined if never stored. */
  covered: number | undefined;
  pauseContext: PauseContext;
}

/** A change of the settings; absent parts stay as they are. */
export interface Change {
  changeInfo: ChangeInfo;
  /** Replaces all stored thresholds. */
  thresholds?: Partial<Thresholds>;
  begun?: Omit<OpenPause, "version">;
  ended?: Required<Pick<Pause, "from" | "to">>;
}

export interface SettingsStore {
  /**
   * The settings, including every change that was acknowledged.
   * @throws StoreUnavailableError, StoreRefusedError, MalformedRowError
   */
  settings(): Promise<Settings>;

  /**
   * Changes the settings in one transaction. Returns `conflict`, and changes nothing, if the settings or their
   * `pauseContext` are no longer as seen.
   * @throws StoreUnavailableError, StoreRefusedError; the message says whether nothing is changed or the outcome is
   * unknown
   */
  change(seen: Settings, change: Change): Promise<"changed" | "conflict">;
}
