import { inspect } from "node:util";
import { charactersOf } from "./characters.ts";

/** Characters that are invisible on a terminal, break the line or reverse its direction. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** Formats a value for a message: as JSON if possible, cut to 80 characters and an ellipsis. */
export const formatValue = (value: unknown): string => {
  const text = (asJson(value) ?? inspect(value)).replace(UNPRINTABLE, escaped);
  if (text.length <= 80) return text;
  // The text can be millions of characters long: segment only the part that contains its first 80.
  const shown = charactersOf(text.slice(0, 2_000)).slice(0, 80).join("");
  return shown.length < text.length ? `${shown}…` : text;
};

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

const asJson = (value: unknown): string | undefined => {
  try {
    return JSON.stringify(value);
  } catch {
    // A BigInt, or nested too deeply.
    return undefined;
  }
};
