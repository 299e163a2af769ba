import { findThresholdFaults, MAX_DOWN_AFTER, minLateAfter } from "../domain/thresholds.ts";
import { formatValue } from "../text/format-value.ts";

/** The event of the function `settings`. */
export interface SettingsRequest {
  /** Starts a pause; the value is its public reason. */
  pause?: string;
  resume?: true;
  /** Seconds; null restores the value of the stage. */
  lateAfter?: number | null;
  /** Seconds; null restores the value of the stage. */
  downAfter?: number | null;
  /** Requires this version of the settings. */
  ifVersion?: number;
  /** The author; stored with the change. */
  by?: string;
}

/** The request is invalid and nothing is changed. The message lists every fault. */
export class RefusedError extends Error {
  override name = "RefusedError";
  // The caller made the mistake, so a stack would only hide the message.
  override stack = "";

  constructor(faults: readonly string[]) {
    super(`refused, nothing is changed: ${faults.join("; ")}`);
  }
}

const NAMES = ["pause", "resume", "lateAfter", "downAfter", "ifVersion", "by"];

/**
 * Validates an event. No data, `{}` from `sls invoke` or `""` from `sls invoke local`, is an empty request.
 * `every`: the interval of the stage in minutes, which the least `lateAfter` depends on.
 * @throws RefusedError
 */
export const toSettingsRequest = (event: unknown, every = 1): SettingsRequest => {
  if (event === undefined || event === "") return {};
  if (typeof event !== "object" || event === null || Array.isArray(event)) {
    throw new RefusedError([
      `the data must be an object such as {"pause":"a reason"}, not ${formatValue(event)}`,
    ]);
  }
  requireRequest(event, every);
  return event;
};

const requireRequest: (event: object, every: number) => asserts event is SettingsRequest = (event, every) => {
  const faults = findFaults(event, every);
  if (faults.length > 0) throw new RefusedError(faults);
};

const findFaults = (event: object, every: number): string[] => {
  const { pause, resume, lateAfter, downAfter, ifVersion, by, ...others }: Record<string, unknown> = {
    ...event,
  };
  const faults = findUnknownNames(Object.keys(others));
  if (pause !== undefined) faults.push(...findTextFaults("pause", pause, 200));
  if (resume !== undefined && resume !== true) {
    faults.push(`resume must be true, not ${formatValue(resume)}`);
  }
  if (pause !== undefined && resume !== undefined) faults.push("pause and resume cannot be combined");
  // The effective value of an absent threshold depends on the stage, so this check uses the least strict one.
  faults.push(
    ...findThresholdFaults(
      { lateAfter: lateAfter ?? minLateAfter(every), downAfter: downAfter ?? MAX_DOWN_AFTER },
      minLateAfter(every),
    ),
  );
  if (ifVersion !== undefined && !(Number.isSafeInteger(ifVersion) && Number(ifVersion) >= 0)) {
    faults.push(`ifVersion must be a whole number from 0, not ${formatValue(ifVersion)}`);
  }
  if (by !== undefined) faults.push(...findTextFaults("by", by, 100));
  return faults;
};

/** More names would make the message too long. */
const MAX_SHOWN_NAMES = 3;

const findUnknownNames = (unknown: readonly string[]): string[] => {
  if (unknown.length === 0) return [];
  const hidden = unknown.length - MAX_SHOWN_NAMES;
  const names = unknown.slice(0, MAX_SHOWN_NAMES).map(formatValue).join(", ");
  const all = hidden > 0 ? `${names} and ${hidden} more` : names;
  return [`unknown setting${unknown.length === 1 ? "" : "s"} ${all}: use ${NAMES.join(", ")}`];
};

/** Public text must not contain characters that are invisible, break the line or reverse its direction. */
const FORBIDDEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Noncharacter_Code_Point}]/u;

const VISIBLE = /[^\p{Z}\p{C}]/u;

const findTextFaults = (name: string, value: unknown, maxLength: number): string[] => {
  const length = typeof value === "string" ? [...value].length : 0;
  if (typeof value !== "string" || !VISIBLE.test(value) || length > maxLength) {
    return [`${name} must be a text of 1 to ${maxLength} characters, not ${describe(value, length)}`];
  }
  return FORBIDDEN.test(value) ? [`${name} must not contain control characters: ${formatValue(value)}`] : [];
};

const describe = (value: unknown, length: number): string =>
  length > 80 ? `a text of ${length}` : formatValue(value);
