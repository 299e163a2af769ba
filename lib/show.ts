import { inspect } from "node:util";

/** What would hide, turn about or break a line of a terminal. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** A value as it can stand in a message: JSON where that can hold it, never over 80 characters and an ellipsis. */
export const show = (value: unknown): string => {
  const text = (asJson(value) ?? inspect(value)).replace(UNSEEN, escaped);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
};

const escaped = (sign: string): string => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;

const asJson = (value: unknown): string | undefined => {
  try {
    return JSON.stringify(value);
  } catch {
    // A number beyond what JSON holds, or nested too deeply.
    return undefined;
  }
};
