import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { npmFault } from "../../../tools/local/database/npm-program.ts";
import { messageOf, UserError } from "../../../tools/user-error.ts";

const npmView = async (spec: string, field: string): Promise<unknown> => {
  const args = ["view", spec, field, "--json", "--fetch-retries=0", "--fetch-timeout=20000"];
  try {
    const { stdout } = await promisify(execFile)("npm", args, { timeout: 60_000 });
    return stdout.trim() === "" ? undefined : JSON.parse(stdout);
  } catch (error) {
    const fault = npmFault(error);
    // The registry has no package of this name, or no such version of it.
    if (fault?.code === "E404") return undefined;
    throw new UserError(`npm's registry does not reply: ${fault?.summary ?? messageOf(error)}`);
  }
};

/**
 * The versions of a package within a range, such as `24` or `1.2.1`. Empty if the registry has none, or no such package.
 * @throws UserError if the registry does not reply
 */
export const publishedVersions = async (name: string, range: string): Promise<string[]> => {
  const answer = await npmView(`${name}@${range}`, "version");
  return answer === undefined ? [] : [answer].flat().map(String);
};

/** @throws UserError if npm's registry does not reply */
export const askRegistry = (): Promise<unknown> => npmView("vitest", "name");
