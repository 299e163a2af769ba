import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inject } from "vitest";
import { createCheckout } from "../processes/checkout.ts";
import { type EmulatedAws, startEmulatedAws } from "./emulated-aws.ts";
import { withoutMetricMath } from "./without-metric-math.ts";

/** Whether this machine has no emulator: then the tests on one are skipped, which the run says once. */
export const noEmulator = inject("ministack") === undefined;

export const startAws = (): Promise<EmulatedAws> => startEmulatedAws(inject("ministack") ?? "");

/** A checkout that can be deployed to the emulator. */
export const createDeployable = (): string => {
  const folder = createCheckout();
  withoutMetricMath(folder);
  return folder;
};

/** Rewrites a checkout of the tests' own. @throws Error where there is nothing to replace */
export const replaceIn = (folder: string, paths: string[], from: string | RegExp, to: string): void => {
  const files = paths.map((path) => join(folder, path)).flatMap(filesUnder);
  const changed = files.filter((file) => {
    const before = readFileSync(file, "utf8");
    const after = before.replaceAll(from, to);
    if (after !== before) writeFileSync(file, after);
    return after !== before;
  });
  if (changed.length === 0) throw new Error(`${paths.join(", ")}: nothing there is ${from}`);
};

const filesUnder = (path: string): string[] => {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => filesUnder(join(path, name)));
};
