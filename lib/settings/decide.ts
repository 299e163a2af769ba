import { pauseEnd, pauseStart } from "../domain/pauses.ts";
import type { Change, ChangeInfo, Settings } from "../domain/settings-store.ts";
import { findStoredThresholdFaults, type StageRules, type Thresholds } from "../domain/thresholds.ts";
import { RefusedError, type SettingsRequest } from "./request.ts";

/** The settings have another version than the request requires, or changed concurrently. Nothing is changed. */
export class ConflictError extends Error {
  override name = "ConflictError";
  // The caller can resolve a conflict, so a stack would only hide the message.
  override stack = "";
}

/** Where a change comes from, and what it applies to. */
export interface ChangeContext {
  /** Milliseconds since the epoch. */
  now: number;
  requestId: string;
  /** The deployed thresholds, which apply where none are stored, and the interval. */
  stage: StageRules;
}

export interface Decision {
  /** Undefined if the settings already are as requested. */
  change: Change | undefined;
  /** One sentence for each part of the request that needs no change. */
  notes: string[];
}

/**
 * Decides which change of the settings `seen` a request needs.
 * @throws RefusedError if the resulting thresholds are invalid
 * @throws ConflictError if the settings do not have the version `ifVersion`
 */
export const decideChange = (
  seen: Settings,
  request: SettingsRequest,
  { now, requestId, stage }: ChangeContext,
): Decision => {
  requireVersion(seen, request.ifVersion);
  const thresholds = decideThresholds(seen.thresholds, request, stage);
  const pause = decidePause(seen, request, now, stage.every);
  const changes = { ...thresholds.changes, ...pause.changes };
  const changeInfo: ChangeInfo = { time: new Date(now).toISOString(), requestId };
  if (request.by !== undefined) changeInfo.by = request.by;
  return {
    change: Object.keys(changes).length === 0 ? undefined : { changeInfo, ...changes },
    notes: [...thresholds.notes, ...pause.notes],
  };
};

const requireVersion = ({ version, changeInfo }: Settings, required: number | undefined): void => {
  if (required === undefined || required === version) return;
  const author = changeInfo?.by === undefined ? "" : ` by ${changeInfo.by}`;
  const lastChange = changeInfo === undefined ? "" : ` (changed at ${changeInfo.time}${author})`;
  throw new ConflictError(
    `nothing is changed: the settings are at version ${version}${lastChange}, not ${required}`,
  );
};

/** The decision on one part of a request. */
interface PartialDecision {
  changes: Omit<Change, "changeInfo">;
  notes: string[];
}
const NOT_REQUESTED: PartialDecision = { changes: {}, notes: [] };
const noChange = (note: string): PartialDecision => ({ changes: {}, notes: [note] });

const decideThresholds = (
  stored: Partial<Thresholds>,
  request: SettingsRequest,
  stage: StageRules,
): PartialDecision => {
  if (request.lateAfter === undefined && request.downAfter === undefined) return NOT_REQUESTED;
  const thresholds: Partial<Thresholds> = {};
  for (const name of ["lateAfter", "downAfter"] as const) {
    const value = request[name] === undefined ? stored[name] : request[name];
    if (value != null) thresholds[name] = value;
  }
  // A requested lateAfter is validated already. One that an earlier version stored must not prevent the change.
  const faults = findStoredThresholdFaults({ ...stage, ...thresholds });
  if (faults.length > 0) throw new RefusedError(faults);
  return thresholds.lateAfter === stored.lateAfter && thresholds.downAfter === stored.downAfter
    ? noChange("these thresholds are already stored")
    : { changes: { thresholds }, notes: [] };
};

const decidePause = (
  { pause, pauseContext }: Settings,
  request: SettingsRequest,
  now: number,
  every: number,
): PartialDecision => {
  if (request.pause !== undefined) {
    if (pause !== undefined) return noChange(`already paused since ${pause.from}: ${pause.reason}`);
    const begun = { from: pauseStart(now, pauseContext, every), reason: request.pause };
    return { changes: { begun }, notes: [] };
  }
  if (request.resume === undefined) return NOT_REQUESTED;
  if (pause === undefined) return noChange("not paused: nothing to resume");
  const ended = { from: pause.from, to: pauseEnd(now, pause, pauseContext, every) };
  return { changes: { ended }, notes: [] };
};

/** The part of the settings that a reply shows. */
export type SettingsView = Pick<Settings, "version" | "changeInfo" | "thresholds" | "pause">;

/** The settings after a change. */
export const applyChange = (
  seen: SettingsView,
  { changeInfo, thresholds = seen.thresholds, begun, ended }: Change,
): SettingsView => {
  const version = seen.version + 1;
  const pause = begun === undefined ? seen.pause : { ...begun, version };
  return { version, changeInfo, thresholds, pause: ended === undefined ? pause : undefined };
};
