import { isName } from "../../lib/service/names.ts";
import { UserError } from "../user-error.ts";

/** The maximum length of a function's name. Each other deployed name may be at least as long. */
const MAX_NAME = 64;
/** The longer one of the stages that serverless.yml has settings for, dev and prod. */
const KNOWN_STAGE = "prod";
const LETTERS = "lowercase letters, digits and hyphens, starting with a letter";

/**
 * Rejects names with which the name of a function, `<service>-<stage>-<function>`, would be invalid or too long. A service
 * leaves room for the stages dev and prod. `functions`: the keys in serverless.yml.
 * @throws UserError naming the service or the stage, and the longest that it can be
 */
export const checkNames = (service: string, stage: string, functions: readonly string[]): void => {
  const roomFor = (other: string) =>
    MAX_NAME - `${other}--`.length - Math.max(...functions.map(({ length }) => length));
  const longest = roomFor(KNOWN_STAGE);
  // The framework requires two characters.
  if (!isName(service) || service.length < 2 || service.length > longest) {
    throw new UserError(`invalid service ${service} in serverless.yml: use 2 to ${longest} ${LETTERS}`);
  }
  if (!isName(stage) || stage.length > roomFor(service)) {
    throw new UserError(`invalid stage ${stage}: use at most ${roomFor(service)} ${LETTERS}`);
  }
};
