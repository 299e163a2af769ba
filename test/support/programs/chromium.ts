import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { UserError } from "../../../tools/user-error.ts";

const COMMANDS = ["chromium", "chromium-browser", "google-chrome"];
/** macOS keeps applications outside PATH. */
const APPLICATIONS = ["Chromium", "Google Chrome"].map(
  (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
);

/** The path of an installed Chromium or Google Chrome. @throws UserError if there is none */
export const findChromium = (): string => {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const commands = COMMANDS.flatMap((name) => folders.map((folder) => join(folder, name)));
  const found = [...commands, ...(process.platform === "darwin" ? APPLICATIONS : [])].find((path) =>
    existsSync(path),
  );
  if (found === undefined) throw new UserError(`PATH contains none of ${COMMANDS.join(", ")}`);
  return found;
};
