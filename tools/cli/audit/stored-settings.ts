import { formatValue } from "../../../lib/domain/format-value.ts";
import { type Row, SETTINGS } from "../../../lib/dynamodb/keys.ts";

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
const isText = (value: unknown): boolean => typeof value === "string";

export const isThreshold = (attribute: string): boolean => ["lateAfter", "downAfter"].includes(attribute);

/** Rules that no look can read; without them the stage's are in force again. */
export const brokenRules = (row: Row = {}): string[] =>
  Object.keys(row).filter((name) => isThreshold(name) && !isCount(row[name]));

/** What else of the settings can't be read, a sentence each; none of it can be counted again. */
export const brokenSettings = (row: Row = {}): string[] =>
  Object.entries({ version: isCount, time: isText, requestId: isText, by: isText })
    .filter(([name, isSound]) => row[name] !== undefined && !isSound(row[name]))
    .map(([name]) => `${SETTINGS} ${name}: stored ${formatValue(row[name])}, which can't be read`);
