import { settingsMetricsLine } from "../beat/metrics-line.ts";
import type { OpenPause, SettingsStore } from "../domain/settings-store.ts";
import { effectiveThresholds, type Thresholds } from "../domain/thresholds.ts";
import { applyChange, type ChangeContext, ConflictError, decideChange, type SettingsView } from "./decide.ts";
import { toSettingsRequest } from "./request.ts";

/** The settings in force. */
export interface SettingsReply extends Thresholds {
  version: number;
  pause: Omit<OpenPause, "version"> | null;
  /** Of the last change; null: never changed. */
  time: string | null;
  requestId: string | null;
  by: string | null;
  /** What was asked for and was so already. */
  note?: string;
}

export interface Call extends Omit<ChangeContext, "now"> {
  event: unknown;
  functionName: string;
  clock: () => number;
}

// A try is lost to somebody else's change, or to a beat, of which there is one a minute.
export const MOST_TRIES = 4;

/**
 * Changes the settings as the event asks, logs and meters it, and tells those in force.
 * @throws RefusedError, ConflictError, and as the store
 */
export const settings = async (store: SettingsStore, call: Call): Promise<SettingsReply> => {
  const request = toSettingsRequest(call.event);
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const seen = await store.settings();
    // Now, not when the call came: a minute that ticks while it waits for the database is answered as
    // paused, and would be missed if the pause had ended before it.
    const now = call.clock();
    const { change, notes } = decideChange(seen, request, { ...call, now });
    if (change === undefined) return replyOf(seen, call, notes);
    const outcome = await store.change(seen, change).catch((error: unknown) => {
      // The error says whether the change may be made; the request is logged so that it can be looked up.
      console.error({ asked: request, error: String(error) });
      throw error;
    });
    if (outcome === "conflict") continue;
    const reply = replyOf(applyChange(seen, change), call, notes);
    console.info({ settings: reply, asked: request });
    // Not by console, as in beat.ts.
    process.stdout.write(`${settingsMetricsLine(call.functionName, now)}\n`);
    return reply;
  }
  throw new ConflictError(
    `nothing is changed: others, or beats, were quicker ${MOST_TRIES} times: try again`,
  );
};

const replyOf = (
  { version, thresholds: rules, pause, changeInfo: signature }: SettingsView,
  { stage }: Pick<Call, "stage">,
  said: readonly string[],
): SettingsReply => {
  const inForce = effectiveThresholds(stage, rules);
  const notes = [...said, ...ignoredOf(rules, inForce)];
  return {
    version,
    ...inForce,
    pause: pause === undefined ? null : { from: pause.from, reason: pause.reason },
    time: signature?.time ?? null,
    requestId: signature?.requestId ?? null,
    by: signature?.by ?? null,
    ...(notes.length === 0 ? {} : { note: notes.join("; ") }),
  };
};

/** Stored rules that are not in force, since a deployment has put them at odds with the stage's. */
const ignoredOf = (stored: Partial<Thresholds>, inForce: Thresholds): string[] => {
  const ignored = (["lateAfter", "downAfter"] as const).filter(
    (name) => stored[name] !== undefined && stored[name] !== inForce[name],
  );
  if (ignored.length === 0) return [];
  const told = ignored.map((name) => `${name} ${stored[name]}`).join(" and ");
  return [`stored is ${told}, which is at odds with the stage's rules: those are in force`];
};
