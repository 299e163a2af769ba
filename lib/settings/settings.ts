import { settingsMetricsLine } from "../beat/metrics-line.ts";
import type { OpenPause, SettingsStore } from "../domain/settings-store.ts";
import { effectiveThresholds, type Thresholds } from "../domain/thresholds.ts";
import { applyChange, type ChangeContext, ConflictError, decideChange, type SettingsView } from "./decide.ts";
import { toSettingsRequest } from "./request.ts";

/** The settings in effect. */
export interface SettingsReply extends Thresholds {
  version: number;
  pause: Omit<OpenPause, "version"> | null;
  /** Of the last change; null before the first one. */
  time: string | null;
  requestId: string | null;
  by: string | null;
  /** What was already as requested, and which stored thresholds are not in effect. */
  note?: string;
}

export interface Call extends Omit<ChangeContext, "now"> {
  event: unknown;
  functionName: string;
  clock: () => number;
}

/** An attempt fails if another change or a beat comes in between. */
export const MAX_ATTEMPTS = 4;

/**
 * Changes the settings as the event requests, writes the log and metrics lines, and returns the settings in effect.
 * @throws RefusedError, ConflictError, StoreUnavailableError, StoreRefusedError, MalformedRowError
 */
export const settings = async (store: SettingsStore, call: Call): Promise<SettingsReply> => {
  const request = toSettingsRequest(call.event);
  for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts++) {
    const seen = await store.settings();
    // Read the clock after the settings: a minute whose event arrives during the read belongs to the pause.
    const now = call.clock();
    const { change, notes } = decideChange(seen, request, { ...call, now });
    if (change === undefined) return replyOf(seen, call, notes);
    const outcome = await store.change(seen, change).catch((error: unknown) => {
      // After an unknown outcome the log has what was requested.
      console.error({ asked: request, error: String(error) });
      throw error;
    });
    if (outcome === "conflict") continue;
    const reply = replyOf(applyChange(seen, change), call, notes);
    console.info({ settings: reply, asked: request });
    // Not with console: Lambda wraps its output in JSON, in which CloudWatch finds no metrics.
    process.stdout.write(`${settingsMetricsLine(call.functionName, now)}\n`);
    return reply;
  }
  throw new ConflictError(
    `nothing is changed: concurrent changes, gave up after ${MAX_ATTEMPTS} attempts; try again`,
  );
};

const replyOf = (
  { version, thresholds, pause, changeInfo }: SettingsView,
  { stage }: Pick<Call, "stage">,
  decisionNotes: readonly string[],
): SettingsReply => {
  const inEffect = effectiveThresholds(stage, thresholds);
  const notes = [...decisionNotes, ...ignoredThresholds(thresholds, inEffect)];
  const reply: SettingsReply = {
    version,
    ...inEffect,
    pause: pause === undefined ? null : { from: pause.from, reason: pause.reason },
    time: changeInfo?.time ?? null,
    requestId: changeInfo?.requestId ?? null,
    by: changeInfo?.by ?? null,
  };
  if (notes.length > 0) reply.note = notes.join("; ");
  return reply;
};

/** Stored thresholds that are not in effect, because a deployment has made them inconsistent with the stage's. */
const ignoredThresholds = (stored: Partial<Thresholds>, inEffect: Thresholds): string[] => {
  const ignored = (["lateAfter", "downAfter"] as const).filter(
    (name) => stored[name] !== undefined && stored[name] !== inEffect[name],
  );
  if (ignored.length === 0) return [];
  const values = ignored.map((name) => `${name} ${stored[name]}`).join(" and ");
  return [`the stored ${values} does not fit the thresholds of the stage, which are in effect instead`];
};
