/** The version in package.json; tests compare them. */
export const VERSION = "0.1.0";
