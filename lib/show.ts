import { inspect } from "node:util";

/** A value as it can stand in a message: JSON where that can hold it, never over 80 characters and an ellipsis. */
export const show = (value: unknown): string => {
  const text = asJson(value) ?? inspect(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
};

const asJson = (value: unknown): string | undefined => {
  try {
    return JSON.stringify(value);
  } catch {
    // A number beyond what JSON holds, or nested too deeply.
    return undefined;
  }
};
