import { loadNotifyUrl } from "../../lib/beat/notify.ts";
import { loadThresholds } from "../../lib/domain/thresholds.ts";
import { messageOf, UserError } from "../user-error.ts";

export interface Parameters {
  service: string;
  stage: string;
  alarmEmail?: string | null;
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
  "existingTable",
  "keepTable",
  "lateAfter",
  "notifyUrl",
  "reservedConcurrency",
  "schedule",
];

/** Lambda's names are the shortest: 64 characters, of which heartbeat-…-heartbeat takes 20. */
const STAGE = /^[a-z][a-z0-9-]{0,43}$/;
const EMAIL = /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/;
const TABLE = /^[A-Za-z0-9_.-]{3,255}$/;

/** Refuses a name that serverless.yml does not read, which a misspelled one is. @throws StartError naming it */
export const checkParameterNames = (names: readonly string[]): void => {
  const unknown = names.find((name) => !NAMES.includes(name));
  if (unknown !== undefined) {
    throw new UserError(`param ${unknown} is not known: there are ${NAMES.join(", ")}`);
  }
};

/**
 * Refuses what AWS would refuse half-way, or take and never use. The framework has checked the region.
 * @throws StartError naming the parameter
 */
export const checkParameters = (parameters: Parameters): void => {
  const { service, stage, alarmEmail, existingTable, keepTable, reservedConcurrency } = parameters;
  if (!STAGE.test(stage)) {
    throw new UserError(
      `stage ${stage} can't be: give up to 44 small letters, digits and hyphens, a letter first`,
    );
  }
  if (alarmEmail != null && !EMAIL.test(alarmEmail)) {
    throw new UserError(`param alarmEmail=${alarmEmail} is no e-mail address: give one like me@example.org`);
  }
  if (keepTable != null && keepTable !== "true" && keepTable !== "false") {
    throw new UserError(`param keepTable=${keepTable} can't be: give true or false`);
  }
  if (reservedConcurrency != null && !/^[1-9]\d{0,3}$/.test(String(reservedConcurrency))) {
    throw new UserError(
      `param reservedConcurrency=${reservedConcurrency} can't be: give a whole number from 1; 0 would stop the heart`,
    );
  }
  checkRules(parameters);
  checkNotifyUrl(parameters);
  if (existingTable == null) return;
  if (!TABLE.test(existingTable)) {
    throw new UserError(
      `param existingTable=${existingTable} is no table's name: give 3 to 255 letters, digits, _ . and -`,
    );
  }
  if (existingTable === `${service}-${stage}-beats` && keepTable !== "true") {
    throw new UserError(
      `param existingTable=${existingTable} is the table that stage ${stage} makes and, with keepTable=${keepTable}, deletes: giving it away would delete it`,
    );
  }
};

/** Refuses what the functions heartbeat and pulse would refuse to load with. @throws StartError naming both */
export const checkRules = ({ lateAfter, downAfter }: Pick<Parameters, "lateAfter" | "downAfter">): void => {
  try {
    loadThresholds({ LATE_AFTER: String(lateAfter), DOWN_AFTER: String(downAfter) });
  } catch (error) {
    throw new UserError(
      `params lateAfter=${lateAfter} and downAfter=${downAfter} can't be: ${messageOf(error)}`,
    );
  }
};

/** Refuses what the function heartbeat would refuse to load with. @throws StartError naming it */
export const checkNotifyUrl = ({ notifyUrl }: Pick<Parameters, "notifyUrl">): void => {
  try {
    loadNotifyUrl({ NOTIFY_URL: String(notifyUrl ?? "") });
  } catch (error) {
    throw new UserError(`param notifyUrl can't be: ${messageOf(error)}`);
  }
};
