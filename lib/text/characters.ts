const ASCII = /^[ -~]*$/;

/** Splits a text into characters as readers count them: an emoji of several code points is one, like an accented letter. */
export const charactersOf = (text: string): string[] =>
  ASCII.test(text) ? [...text] : Array.from(new Intl.Segmenter("en").segment(text), ({ segment }) => segment);
