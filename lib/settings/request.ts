import { formatValue } from "../domain/format-value.ts";
import { findThresholdFaults, MAX_DOWN_AFTER, MIN_LATE_AFTER } from "../domain/thresholds.ts";

/** What a call of the function settings may ask for. */
export interface SettingsRequest {
  /** Why; public. */
  pause?: string;
  resume?: true;
  /** Seconds; null: the stage's again. */
  lateAfter?: number | null;
  downAfter?: number | null;
  /** Only if the settings still have this version. */
  ifVersion?: number;
  /** Who asks; kept with the change. */
  by?: string;
}

/** Nothing is changed; the message lists each thing that is wrong with what was asked. */
export class RefusedError extends Error {
  override name = "RefusedError";
  // It is the caller's mistake, and he is told where: a stack of ours would bury it.
  override stack = "";

  constructor(faults: readonly string[]) {
    super(`refused, nothing is changed: ${faults.join("; ")}`);
  }
}

const KEYS = ["pause", "resume", "lateAfter", "downAfter", "ifVersion", "by"];

/**
 * What an event asks for; no data, `{}` from `sls invoke` or `""` from `sls invoke local`, asks for nothing.
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
  const faults = faultsOf(event);
  if (faults.length > 0) throw new RefusedError(faults);
};

const faultsOf = (event: object): string[] => {
  const { pause, resume, lateAfter, downAfter, ifVersion, by, ...others }: Record<string, unknown> = {
    ...event,
  };
  return [
    ...faultsOfKeys(Object.keys(others)),
    ...(pause === undefined ? [] : faultsOfText("pause", pause, 200)),
    ...(resume === undefined || resume === true ? [] : [`resume must be true, not ${formatValue(resume)}`]),
    ...(pause === undefined || resume === undefined ? [] : ["pause and resume can't be asked for at once"]),
    ...faultsOfGivenRules(lateAfter, downAfter),
    ...(ifVersion === undefined || (Number.isSafeInteger(ifVersion) && Number(ifVersion) >= 0)
      ? []
      : [`ifVersion must be a whole number from 0, not ${formatValue(ifVersion)}`]),
    ...(by === undefined ? [] : faultsOfText("by", by, 100)),
  ];
};

/** However many there are, a message stays one that can be read. */
const MOST_KEYS = 3;

const faultsOfKeys = (unknown: readonly string[]): string[] => {
  if (unknown.length === 0) return [];
  const more = unknown.length - MOST_KEYS;
  const names = [...unknown.slice(0, MOST_KEYS).map(formatValue), ...(more > 0 ? [`${more} more`] : [])].join(
    ", ",
  );
  const verb = unknown.length === 1 ? "is no setting" : "are no settings";
  return [`${names} ${verb}, there are ${KEYS.join(", ")}`];
};

/** Of a rule that is not given, or to be the stage's, nothing is said here: what is in force depends on more. */
const faultsOfGivenRules = (lateAfter: unknown, downAfter: unknown): string[] =>
  findThresholdFaults({ lateAfter: lateAfter ?? MIN_LATE_AFTER, downAfter: downAfter ?? MAX_DOWN_AFTER });

/** Texts that are shown to everybody: nothing in them that hides, breaks the line or turns it about. */
const UNSHOWABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Noncharacter_Code_Point}]/u;

const VISIBLE = /[^\p{Z}\p{C}]/u;

const faultsOfText = (name: string, value: unknown, most: number): string[] => {
  const length = typeof value === "string" ? [...value].length : 0;
  if (typeof value !== "string" || !VISIBLE.test(value) || length > most) {
    return [`${name} must be a text of 1 to ${most} characters, not ${describe(value, length)}`];
  }
  return UNSHOWABLE.test(value)
    ? [`${name} must hold no control characters, as ${formatValue(value)} does`]
    : [];
};

const describe = (value: unknown, length: number): string =>
  length > 80 ? `one of ${length}` : formatValue(value);
