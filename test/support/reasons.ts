export const PLAIN = "database upgrade";

const SIGNS = "💔</p><b>\"bold\"</b> & 'quoted' \\n \\ $& {7} <!-- ";
/** A reason that breaks whatever does not escape it, of 200 characters, the most that there may be. */
export const NASTY = SIGNS + "é".repeat(200 - [...SIGNS].length);
/** As the badge shortens it, to 40 characters. */
export const NASTY_IN_BADGE = "💔</p><b>\"bold\"</b> & 'quoted' \\n \\ $& {…";
/** As it stands in Prometheus's text. */
export const NASTY_IN_METRICS = NASTY.replace('"bold"', () => String.raw`\"bold\"`).replace(
  String.raw`\n \ `,
  () => String.raw`\\n \\ `,
);

/** The text that a reader gets of text in markup. */
export const readAs = (markup = ""): string =>
  markup.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
