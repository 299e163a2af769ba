import { inspect } from "node:util";
import { charactersOf } from "./characters.ts";

/** What would hide, turn about or break a line of a terminal. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** A value as it can stand in a message: JSON where that can hold it, never over 80 characters and an ellipsis. */
export const formatValue = (value: unknown): string => {
  const text = (asJson(value) ?? inspect(value)).replace(UNSEEN, escaped);
  if (text.length <= 80) return text;
  // A text may be millions of characters long; 80 of them are within its first 2,000 code units.
  const shown = charactersOf(text.slice(0, 2_000)).slice(0, 80).join("");
  return shown.length < text.length ? `${shown}…` : text;
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
