import { type Row, SETTINGS } from "../../../lib/dynamodb/table/keys.ts";
import { formatValue } from "../../../lib/text/format-value.ts";

export const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
const isText = (value: unknown): boolean => typeof value === "string";

export const isThreshold = (attribute: string): boolean => ["lateAfter", "downAfter"].includes(attribute);

/** Malformed thresholds; without them those of the stage apply. */
export const malformedThresholds = (row: Row = {}): string[] =>
  Object.keys(row).filter((name) => isThreshold(name) && !isCount(row[name]));

/** Other malformed settings, one sentence each; they cannot be recounted. */
export const malformedSettings = (row: Row = {}): string[] =>
  Object.entries({ version: isCount, time: isText, requestId: isText, by: isText })
    .filter(([name, isSound]) => row[name] !== undefined && !isSound(row[name]))
    .map(([name]) => `${SETTINGS} ${name}: stored ${formatValue(row[name])}, which is invalid`);
