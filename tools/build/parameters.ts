import { loadNotifyUrl } from "../../lib/beat/notify.ts";
import { loadThresholds } from "../../lib/domain/thresholds.ts";
import { checkInterval } from "../schedule/check.ts";
import { messageOf, UserError } from "../user-error.ts";

export interface Parameters {
  stage: string;
  /** The name of the table that the stage creates unless it uses an existing one. */
  ownTable: string;
  alarmEmail?: string | null;
  every: string | number;
  existingTable?: string | null;
  keepTable?: string | null;
  lateAfter: string | number;
  downAfter: string | number;
  notifyUrl?: string | null;
  reservedConcurrency?: string | number | null;
}

const NAMES = [
  "alarmEmail",
  "downAfter",
  "every",
  "existingTable",
  "keepTable",
  "lateAfter",
  "notifyUrl",
  "reservedConcurrency",
  "schedule",
];

const EMAIL = /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/;
const TABLE = /^[A-Za-z0-9_.-]{3,255}$/;

/** Rejects parameters that serverless.yml does not read. @throws UserError naming the parameter */
export const checkParameterNames = (names: readonly string[]): void => {
  const unknown = names.find((name) => !NAMES.includes(name));
  if (unknown !== undefined) {
    throw new UserError(`unknown param ${unknown}: use ${NAMES.join(", ")}`);
  }
};

/**
 * Rejects values that AWS would reject during the deployment, or accept and ignore. The framework checks the region.
 * @throws UserError naming the parameter
 */
export const checkParameters = (parameters: Parameters): void => {
  const { stage, alarmEmail, existingTable, ownTable, keepTable, reservedConcurrency } = parameters;
  if (alarmEmail != null && !EMAIL.test(alarmEmail)) {
    throw new UserError(
      `invalid param alarmEmail=${alarmEmail}: use an e-mail address such as me@example.org`,
    );
  }
  if (keepTable != null && keepTable !== "true" && keepTable !== "false") {
    throw new UserError(`invalid param keepTable=${keepTable}: use true or false`);
  }
  if (reservedConcurrency != null && !/^[1-9]\d{0,3}$/.test(String(reservedConcurrency))) {
    throw new UserError(
      `invalid param reservedConcurrency=${reservedConcurrency}: use a whole number from 1; 0 would stop the heartbeat`,
    );
  }
  checkInterval(parameters.every);
  checkThresholds(parameters);
  checkNotifyUrl(parameters);
  if (existingTable == null) return;
  if (!TABLE.test(existingTable)) {
    throw new UserError(
      `invalid param existingTable=${existingTable}: use a table name of 3 to 255 letters, digits, _ . and -`,
    );
  }
  if (existingTable === ownTable && keepTable !== "true") {
    throw new UserError(
      `invalid param existingTable=${existingTable}: stage ${stage} creates this table and, with keepTable=${keepTable}, would delete it; deploy with keepTable=true first`,
    );
  }
};

/** Rejects thresholds with which the functions would not start. @throws UserError naming both */
export const checkThresholds = ({
  every,
  lateAfter,
  downAfter,
}: Pick<Parameters, "every" | "lateAfter" | "downAfter">): void => {
  try {
    loadThresholds({ EVERY: String(every), LATE_AFTER: String(lateAfter), DOWN_AFTER: String(downAfter) });
  } catch (error) {
    // The functions name the variables that the parameters set.
    const fault = messageOf(error)
      .replaceAll("LATE_AFTER", "lateAfter")
      .replaceAll("DOWN_AFTER", "downAfter");
    throw new UserError(`invalid params lateAfter=${lateAfter} and downAfter=${downAfter}: ${fault}`);
  }
};

/** Rejects a URL with which the function heartbeat would not start. @throws UserError naming the parameter */
export const checkNotifyUrl = ({ notifyUrl }: Pick<Parameters, "notifyUrl">): void => {
  try {
    loadNotifyUrl({ NOTIFY_URL: String(notifyUrl ?? "") });
  } catch (error) {
    throw new UserError(`invalid param notifyUrl: ${messageOf(error).replace("NOTIFY_URL", "it")}`);
  }
};
