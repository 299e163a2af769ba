import { formatValue } from "../domain/format-value.ts";
import { findThresholdFaults, MAX_DOWN_AFTER, MIN_LATE_AFTER } from "../domain/thresholds.ts";

/** The data that the function `settings` accepts. */
export interface SettingsRequest {
  /** The reason of a pause; public. */
  pause?: string;
  resume?: true;
  /** Seconds; null returns to the threshold of the stage. */
  lateAfter?: number | null;
  downAfter?: number | null;
  /** Change only if the settings still have this version. */
  ifVersion?: number;
  /** Who makes the change; stored with it, not verified. */
  by?: string;
}

/** The request is invalid and nothing is changed. The message lists every error. */
export class RefusedError extends Error {
  override name = "RefusedError";
  // The mistake is the caller's: a stack trace would only hide the message.
  override stack = "";

  constructor(faults: readonly string[]) {
    super(`refused, nothing is changed: ${faults.join("; ")}`);
  }
}

const KEYS = ["pause", "resume", "lateAfter", "downAfter", "ifVersion", "by"];

/**
 * Validates the data of an invocation. An invocation without data (`{}` from `sls invoke`, `""` from `sls invoke local`)
 * changes nothing.
 * @throws RefusedError
 */
export const toSettingsRequest = (event: unknown): SettingsRequest => {
  if (event === undefined || event === "") return {};
  if (typeof event !== "object" || event === null || Array.isArray(event)) {
    throw new RefusedError([
      `the data must be an object such as {"pause":"a reason"}, not ${formatValue(event)}`,
    ]);
  }
  requireRequest(event);
  return event;
};

const requireRequest: (event: object) => asserts event is SettingsRequest = (event) => {
  const faults = findFaults(event);
  if (faults.length > 0) throw new RefusedError(faults);
};

const findFaults = (event: object): string[] => {
  const { pause, resume, lateAfter, downAfter, ifVersion, by, ...others }: Record<string, unknown> = {
    ...event,
  };
  const faults = findKeyFaults(Object.keys(others));
  if (pause !== undefined) faults.push(...findTextFaults("pause", pause, 200));
  if (resume !== undefined && resume !== true) {
    faults.push(`resume must be true, not ${formatValue(resume)}`);
  }
  if (pause !== undefined && resume !== undefined) {
    faults.push("pause and resume cannot be used together");
  }
  // The other threshold can be stored or the stage's: a value that is not given is checked later.
  faults.push(
    ...findThresholdFaults({
      lateAfter: lateAfter ?? MIN_LATE_AFTER,
      downAfter: downAfter ?? MAX_DOWN_AFTER,
    }),
  );
  if (ifVersion !== undefined && !(Number.isSafeInteger(ifVersion) && Number(ifVersion) >= 0)) {
    faults.push(`ifVersion must be a whole number from 0, not ${formatValue(ifVersion)}`);
  }
  if (by !== undefined) faults.push(...findTextFaults("by", by, 100));
  return faults;
};

/** A message lists only the first unknown keys. */
const MAX_KEYS = 3;

const findKeyFaults = (unknown: readonly string[]): string[] => {
  if (unknown.length === 0) return [];
  const more = unknown.length - MAX_KEYS;
  const names = unknown.slice(0, MAX_KEYS).map(formatValue);
  if (more > 0) names.push(`${more} more`);
  const noun = unknown.length === 1 ? "unknown key" : "unknown keys";
  return [`${noun} ${names.join(", ")}; use ${KEYS.join(", ")}`];
};

/** Characters that hide text, break a line or change its direction. The texts are public. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Noncharacter_Code_Point}]/u;

const VISIBLE = /[^\p{Z}\p{C}]/u;

const findTextFaults = (name: string, value: unknown, maxLength: number): string[] => {
  const length = typeof value === "string" ? [...value].length : 0;
  if (typeof value !== "string" || !VISIBLE.test(value) || length > maxLength) {
    const given = length > 80 ? `${length} characters` : formatValue(value);
    return [`${name} must be a text of 1 to ${maxLength} characters, not ${given}`];
  }
  return UNPRINTABLE.test(value)
    ? [`${name} must not contain control characters, as ${formatValue(value)} does`]
    : [];
};
