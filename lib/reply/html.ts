/** Markup that is inserted into a page without escaping. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | string | number | readonly Html[];

/** Creates markup from a template. Text and numbers are escaped; markup is inserted unchanged. */
export const html = (markup: TemplateStringsArray, ...parts: Part[]): Html =>
  new Html(markup.map((text, index) => text + toText(parts[index] ?? "")).join(""));

/** Marks trusted text as markup, so that it is not escaped. */
export const raw = (text: string): Html => new Html(text);

const toText = (part: Part): string => {
  if (part instanceof Html) return part.text;
  if (typeof part === "object") return part.map(({ text }) => text).join("");
  return String(part).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
};
