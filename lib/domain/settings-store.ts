import type { Pause } from "./beat-store.ts";
import type { Minute } from "./minute.ts";
import type { PauseContext } from "./pauses.ts";
import type { Thresholds } from "./thresholds.ts";

/** Who changed the settings last, and when. */
export interface ChangeInfo {
  /** The moment, to the ms. */
  time: string;
  requestId: string;
  by?: string;
}

/** The pause that goes on. */
export interface OpenPause {
  from: Minute;
  reason: string;
  /** Of the settings that it began with. */
  version: number;
}

export interface Settings {
  /** One more with each change; 0: never changed. */
  version: number;
  changeInfo: ChangeInfo | undefined;
  /** What is stored wins over the stage's. */
  thresholds: Partial<Thresholds>;
  pause: OpenPause | undefined;
  /** As `History` has them. */
  pauses: readonly Pause[];
  /** As `History` has it; undefined: never summed. */
  covered: number | undefined;
  pauseContext: PauseContext;
}

/** Of what is left out nothing changes. */
export interface Change {
  changeInfo: ChangeInfo;
  /** All rules that are to be stored. */
  thresholds?: Partial<Thresholds>;
  begun?: Omit<OpenPause, "version">;
  ended?: Required<Pick<Pause, "from" | "to">>;
}

export interface SettingsStore {
  /** @throws StoreUnavailableError, StoreRefusedError, MalformedRowError */
  settings(): Promise<Settings>;

  /**
   * Makes a change of the settings as they were seen, all or nothing. `conflict`: they, or what a pause
   * depends on, are no longer so, and nothing is changed.
   * @throws StoreUnavailableError, StoreRefusedError; the message says whether nothing is changed or whether that is
   * not known
   */
  change(seen: Settings, change: Change): Promise<"changed" | "conflict">;
}
