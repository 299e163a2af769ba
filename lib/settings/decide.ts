import { pauseEnd, pauseStart } from "../domain/pauses.ts";
import type { Change, ChangeInfo, Settings } from "../domain/settings-store.ts";
import { findStoredThresholdFaults, type Thresholds } from "../domain/thresholds.ts";
import { RefusedError, type SettingsRequest } from "./request.ts";

/** The settings have another version than the request expects, or changed concurrently. */
export class ConflictError extends Error {
  override name = "ConflictError";
  // Not a bug: a stack trace would only hide the message.
  override stack = "";
}

/** The circumstances of a change. */
export interface ChangeContext {
  /** Milliseconds since the epoch. */
  now: number;
  requestId: string;
  /** The thresholds of the stage; stored ones take precedence. */
  stage: Thresholds;
}

export interface Decision {
  /** Undefined if the settings are already as requested. */
  change: Change | undefined;
  /** What was already as requested. */
  notes: string[];
}

/**
 * Decides what a request changes in the settings.
 * @throws RefusedError, ConflictError
 */
export const decideChange = (
  settings: Settings,
  request: SettingsRequest,
  { now, requestId, stage }: ChangeContext,
): Decision => {
  requireVersion(settings, request.ifVersion);
  const thresholds = decideThresholds(settings.thresholds, request, stage);
  const pause = decidePause(settings, request, now);
  const changes = { ...thresholds.changes, ...pause.changes };
  const changeInfo: ChangeInfo = { time: new Date(now).toISOString(), requestId };
  if (request.by !== undefined) changeInfo.by = request.by;
  return {
    change: Object.keys(changes).length === 0 ? undefined : { changeInfo, ...changes },
    notes: [...thresholds.notes, ...pause.notes],
  };
};

const requireVersion = ({ version, changeInfo }: Settings, expected: number | undefined): void => {
  if (expected === undefined || expected === version) return;
  const by = changeInfo?.by === undefined ? "" : ` by ${changeInfo.by}`;
  const last = changeInfo === undefined ? "" : ` (changed at ${changeInfo.time}${by})`;
  throw new ConflictError(`nothing is changed: the settings have version ${version}${last}, not ${expected}`);
};

/** The effect of one part of a request. */
interface Effect {
  changes: Omit<Change, "changeInfo">;
  notes: string[];
}
const NO_EFFECT: Effect = { changes: {}, notes: [] };
const alreadySo = (note: string): Effect => ({ changes: {}, notes: [note] });

const decideThresholds = (
  stored: Partial<Thresholds>,
  request: SettingsRequest,
  stage: Thresholds,
): Effect => {
  if (request.lateAfter === undefined && request.downAfter === undefined) return NO_EFFECT;
  const { lateAfter = stored.lateAfter, downAfter = stored.downAfter } = request;
  const thresholds: Partial<Thresholds> = {};
  if (lateAfter != null) thresholds.lateAfter = lateAfter;
  if (downAfter != null) thresholds.downAfter = downAfter;
  // The request itself is valid. A lateAfter that an earlier version stored may stay.
  const faults = findStoredThresholdFaults({ ...stage, ...thresholds });
  if (faults.length > 0) throw new RefusedError(faults);
  return thresholds.lateAfter === stored.lateAfter && thresholds.downAfter === stored.downAfter
    ? alreadySo("these thresholds are already stored")
    : { changes: { thresholds }, notes: [] };
};

const decidePause = ({ pause, pauseContext }: Settings, request: SettingsRequest, now: number): Effect => {
  if (request.pause !== undefined) {
    if (pause !== undefined) return alreadySo(`already paused since ${pause.from}: ${pause.reason}`);
    const begun = { from: pauseStart(now, pauseContext), reason: request.pause };
    return { changes: { begun }, notes: [] };
  }
  if (request.resume === undefined) return NO_EFFECT;
  if (pause === undefined) return alreadySo("not paused, nothing to resume");
  return { changes: { ended: { from: pause.from, to: pauseEnd(now, pause, pauseContext) } }, notes: [] };
};

/** The part of the settings that a reply shows. */
export type SettingsView = Pick<Settings, "version" | "changeInfo" | "thresholds" | "pause">;

/** The settings after a change. */
export const applyChange = (
  settings: SettingsView,
  { changeInfo, thresholds = settings.thresholds, begun, ended }: Change,
): SettingsView => {
  const version = settings.version + 1;
  const pause = begun === undefined ? settings.pause : { ...begun, version };
  return { version, changeInfo, thresholds, pause: ended === undefined ? pause : undefined };
};
