import { pauseEnd, pauseStart } from "../domain/pauses.ts";
import type { Change, Settings } from "../domain/settings-store.ts";
import { findStoredThresholdFaults, type Thresholds } from "../domain/thresholds.ts";
import { RefusedError, type SettingsRequest } from "./request.ts";

/** The settings are no longer those that the change was meant for. */
export class ConflictError extends Error {
  override name = "ConflictError";
  // As RefusedError: it is no fault of ours.
  override stack = "";
}

/** Who asks for a change, and when. */
export interface ChangeContext {
  /** Ms since the epoch. */
  now: number;
  requestId: string;
  /** Where nothing else is stored. */
  stage: Thresholds;
}

export interface Decision {
  /** Undefined: all that was asked for is so. */
  change: Change | undefined;
  /** What was so already. */
  notes: string[];
}

/** What a request changes in the settings as they were seen. @throws RefusedError, ConflictError */
export const decideChange = (
  seen: Settings,
  request: SettingsRequest,
  { now, requestId, stage }: ChangeContext,
): Decision => {
  requireVersion(seen, request.ifVersion);
  const rules = decideRules(seen.thresholds, request, stage);
  const pause = decidePause(seen, request, now);
  const changes = { ...rules.changes, ...pause.changes };
  const by = request.by === undefined ? {} : { by: request.by };
  const signature = { time: new Date(now).toISOString(), requestId, ...by };
  return {
    change: Object.keys(changes).length === 0 ? undefined : { changeInfo: signature, ...changes },
    notes: [...rules.notes, ...pause.notes],
  };
};

const requireVersion = ({ version, changeInfo: signature }: Settings, asked: number | undefined): void => {
  if (asked === undefined || asked === version) return;
  const last =
    signature === undefined ? "" : `, changed at ${signature.time} by ${signature.by ?? "somebody"}`;
  throw new ConflictError(`nothing is changed: the settings are at version ${version}${last}, not ${asked}`);
};

/** What one kind of wish comes to. */
interface Part {
  changes: Omit<Change, "changeInfo">;
  notes: string[];
}
const UNASKED: Part = { changes: {}, notes: [] };
const isSoAlready = (note: string): Part => ({ changes: {}, notes: [note] });

const decideRules = (stored: Partial<Thresholds>, request: SettingsRequest, stage: Thresholds): Part => {
  if (request.lateAfter === undefined && request.downAfter === undefined) return UNASKED;
  const { lateAfter = stored.lateAfter, downAfter = stored.downAfter } = request;
  const rules = { ...(lateAfter == null ? {} : { lateAfter }), ...(downAfter == null ? {} : { downAfter }) };
  // The request itself is checked already. A lateAfter that an earlier version stored does not stand in its way.
  const faults = findStoredThresholdFaults({ ...stage, ...rules });
  if (faults.length > 0) throw new RefusedError(faults);
  return rules.lateAfter === stored.lateAfter && rules.downAfter === stored.downAfter
    ? isSoAlready("these rules are stored already")
    : { changes: { thresholds: rules }, notes: [] };
};

const decidePause = (
  { pause, pauseContext: surroundings }: Settings,
  request: SettingsRequest,
  now: number,
): Part => {
  if (request.pause !== undefined) {
    if (pause !== undefined) return isSoAlready(`paused already, since ${pause.from}: ${pause.reason}`);
    return {
      changes: { begun: { from: pauseStart(now, surroundings), reason: request.pause } },
      notes: [],
    };
  }
  if (request.resume === undefined) return UNASKED;
  if (pause === undefined) return isSoAlready("not paused, there is nothing to resume");
  return { changes: { ended: { from: pause.from, to: pauseEnd(now, pause, surroundings) } }, notes: [] };
};

/** What is told of the settings. */
export type SettingsView = Pick<Settings, "version" | "changeInfo" | "thresholds" | "pause">;

/** What is to be told of the settings that a change leaves. */
export const applyChange = (
  seen: SettingsView,
  { changeInfo: signature, thresholds: rules = seen.thresholds, begun, ended }: Change,
): SettingsView => {
  const version = seen.version + 1;
  const pause = begun === undefined ? seen.pause : { ...begun, version };
  return {
    version,
    changeInfo: signature,
    thresholds: rules,
    pause: ended === undefined ? pause : undefined,
  };
};
