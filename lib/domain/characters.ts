const ASCII = /^[ -~]*$/;

/** Splits a text into what a reader counts as characters: an emoji of several code points is one, so is a letter with accents. */
export const charactersOf = (text: string): string[] =>
  ASCII.test(text) ? [...text] : Array.from(new Intl.Segmenter("en").segment(text), ({ segment }) => segment);
