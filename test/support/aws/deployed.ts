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
