import { inspect } from "node:util";
import { charactersOf } from "./characters.ts";

/** Characters that are invisible, change the direction of text, or break a line in a terminal. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** Formats any value for a message: as JSON if possible, cut after 80 characters. */
export const formatValue = (value: unknown): string => {
  const text = (asJson(value) ?? inspect(value)).replace(UNSEEN, escaped);
  if (text.length <= 80) return text;
  // Splits only the beginning, because a text can have millions of characters.
  const shown = charactersOf(text.slice(0, 2_000)).slice(0, 80).join("");
  return shown.length < text.length ? `${shown}…` : text;
};

const escaped = (sign: string): string => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;

const asJson = (value: unknown): string | undefined => {
  try {
    return JSON.stringify(value);
  } catch {
    // For example a bigint, or a value that is nested too deeply.
    return undefined;
  }
};
