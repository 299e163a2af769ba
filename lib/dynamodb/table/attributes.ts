import { MalformedRowError } from "../../domain/errors.ts";
import { isMinute, type Minute } from "../../domain/minute.ts";
import { formatValue } from "../../text/format-value.ts";
import type { Row } from "./keys.ts";

/** A whole number from 0. @throws MalformedRowError */
export const toCount = (value: unknown, key: string, attribute: string): number => {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw malformed(key, attribute, value);
};

/** A sum; absent until something is added. @throws MalformedRowError */
export const toSum = (row: Row, key: string, attribute: string): number =>
  row[attribute] === undefined ? 0 : toCount(row[attribute], key, attribute);

/** @throws MalformedRowError */
export const toMinute = (row: Row, key: string, attribute: string): Minute | undefined => {
  const value = row[attribute];
  if (value === undefined || isMinute(value)) return value;
  throw malformed(key, attribute, value);
};

/** @throws MalformedRowError */
export const toText = (row: Row, key: string, attribute: string): string | undefined => {
  const value = row[attribute];
  if (value === undefined || typeof value === "string") return value;
  throw malformed(key, attribute, value);
};

export const malformed = (key: string, attribute: string, value: unknown) =>
  new MalformedRowError(`row ${key}: ${attribute} has an unexpected value: ${formatValue(value)}`);
