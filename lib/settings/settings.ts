import { settingsMetricsLine } from "../beat/metrics-line.ts";
import type { OpenPause, SettingsStore } from "../domain/settings-store.ts";
import { effectiveThresholds, type Thresholds } from "../domain/thresholds.ts";
import type { Names } from "../service/names.ts";
import { applyChange, type ChangeContext, ConflictError, decideChange, type SettingsView } from "./decide.ts";
import { toSettingsRequest } from "./request.ts";

/** The effective settings. */
export interface SettingsReply extends Thresholds {
  version: number;
  pause: Omit<OpenPause, "version"> | null;
  /** The time of the last change; null, like `requestId`, if there was none. */
  time: string | null;
  requestId: string | null;
  /** The author of the last change, if it was given. */
  by: string | null;
  /** Which parts of the request needed no change, and which stored thresholds are ignored. */
  note?: string;
}

export interface Call extends Omit<ChangeContext, "now"> {
  event: unknown;
  functionName: string;
  clock: () => number;
  names: Names;
}

/** A concurrent change or a beat costs an attempt; there is one beat a minute. */
export const MAX_ATTEMPTS = 4;

/**
 * Changes the settings as the event requests, writes log and metric, and returns the effective settings. An event
 * without data only returns them.
 * @throws RefusedError if the request is invalid
 * @throws ConflictError if the version differs or other changes come first each time
 * @throws StoreUnavailableError, StoreRefusedError, MalformedRowError
 */
export const settings = async (store: SettingsStore, call: Call): Promise<SettingsReply> => {
  const request = toSettingsRequest(call.event, call.stage.every);
  for (let count = 1; count <= MAX_ATTEMPTS; count++) {
    const seen = await store.settings();
    // Read the clock after the settings: a minute that starts while this waits for the database is answered as
    // paused, and would be missed if the pause ended before it.
    const now = call.clock();
    const { change, notes } = decideChange(seen, request, { ...call, now });
    if (change === undefined) return toReply(seen, call, notes);
    const outcome = await store.change(seen, change).catch((error: unknown) => {
      // The outcome can be unknown: the log keeps the request, so that it can be compared with the settings.
      console.error({ request, error: String(error) });
      throw error;
    });
    if (outcome === "conflict") continue;
    const reply = toReply(applyChange(seen, change), call, notes);
    console.info({ settings: reply, request });
    // On Lambda, console wraps a line in JSON, in which CloudWatch finds no metrics.
    process.stdout.write(`${settingsMetricsLine(call.functionName, now, call.names)}\n`);
    return reply;
  }
  throw new ConflictError(`nothing is changed: concurrent changes in ${MAX_ATTEMPTS} attempts; try again`);
};

const toReply = (
  { version, thresholds, pause, changeInfo }: SettingsView,
  { stage }: Pick<Call, "stage">,
  decisionNotes: readonly string[],
): SettingsReply => {
  const effective = effectiveThresholds(stage, thresholds);
  const reply: SettingsReply = {
    version,
    lateAfter: effective.lateAfter,
    downAfter: effective.downAfter,
    pause: pause === undefined ? null : { from: pause.from, reason: pause.reason },
    time: changeInfo?.time ?? null,
    requestId: changeInfo?.requestId ?? null,
    by: changeInfo?.by ?? null,
  };
  const notes = [...decisionNotes, ...noteIgnored(thresholds, effective)];
  if (notes.length > 0) reply.note = notes.join("; ");
  return reply;
};

/** Stored thresholds are ignored if a deployment changed the stage's thresholds so that they conflict. */
const noteIgnored = (stored: Partial<Thresholds>, effective: Thresholds): string[] => {
  const ignored = (["lateAfter", "downAfter"] as const).filter(
    (name) => stored[name] !== undefined && stored[name] !== effective[name],
  );
  if (ignored.length === 0) return [];
  const values = ignored.map((name) => `${name} ${stored[name]}`).join(" and ");
  return [`the thresholds of the stage apply, because they conflict with the stored ${values}`];
};
