import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { needs } from "../optional/needs.ts";
import { createCheckout } from "../processes/checkout.ts";
import { pythonTool } from "../programs/python-tool.ts";
import { type EmulatedAws, startEmulatedAws } from "./emulated-aws.ts";
import { withoutMetricMath } from "./without-metric-math.ts";

/** The options of tests that need the emulator. */
export const needsAws = () => needs("ministack", "node-24");

export const startAws = async (): Promise<EmulatedAws> => startEmulatedAws(await pythonTool("ministack"));

/** Creates a checkout that can be deployed to the emulator. */
export const createDeployable = (): string => {
  const folder = createCheckout();
  withoutMetricMath(folder);
  return folder;
};

/** Replaces text in files of a test's checkout. @throws Error if no file contains the text */
export const replaceIn = (folder: string, paths: string[], from: string | RegExp, to: string): void => {
  const files = paths.map((path) => join(folder, path)).flatMap(filesUnder);
  const changed = files.filter((file) => {
    const before = readFileSync(file, "utf8");
    const after = before.replaceAll(from, to);
    if (after !== before) writeFileSync(file, after);
    return after !== before;
  });
  if (changed.length === 0) throw new Error(`${paths.join(", ")}: no match for ${from}`);
};

const filesUnder = (path: string): string[] => {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => filesUnder(join(path, name)));
};
