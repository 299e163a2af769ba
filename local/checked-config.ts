import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const MARK = join(".heartbeat", "checked-config");

interface Config {
  /** `error`: what is wrong ends the command; else it is a warning, or nothing. */
  configValidationMode?: string;
}

/** What the framework checks serverless.yml with. */
export interface ConfigCheck {
  validateConfig(config: Config): Promise<void>;
}

/**
 * Has serverless.yml checked only if it, its parameters or a package have changed: the check is a third of a start.
 * Nothing else of the framework's work is left out.
 */
export const checkConfigOnce = (framework: ConfigCheck): void => {
  const check = framework.validateConfig.bind(framework);
  framework.validateConfig = async (config) => {
    const mark = markOf(config);
    if (read() === mark) return;
    await check(config);
    // A warning is for each start. The check mends some values: a config that it mends needs it each time.
    if (config.configValidationMode === "error" && markOf(config) === mark) write(mark);
  };
};

const markOf = (config: Config): string =>
  createHash("sha256")
    // `custom`, the ports among it, is for plugins and not checked; each null is taken out by the check and comes
    // back at another place.
    .update(JSON.stringify({ ...config, custom: null }, (_, value) => value ?? undefined))
    .update(readFileSync("package-lock.json"))
    .digest("hex");

const read = (): string | undefined => {
  try {
    return readFileSync(MARK, "utf8");
  } catch {
    return undefined;
  }
};

const write = (mark: string): void => {
  try {
    mkdirSync(dirname(MARK), { recursive: true });
    writeFileSync(MARK, mark);
  } catch {
    // Then the next start checks it again.
  }
};
