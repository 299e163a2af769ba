const ASCII = /^[ -~]*$/;

/** The characters of a text as a reader counts them: an emoji of several code points, or a letter with its accents, is one. */
export const charactersOf = (text: string): string[] =>
  ASCII.test(text) ? [...text] : Array.from(new Intl.Segmenter("en").segment(text), ({ segment }) => segment);
