import { afterEach, beforeEach, vi } from "vitest";

/** Hides the log and metric lines of the functions. Call it in tests that invoke them thousands of times. */
export const beQuiet = (): void => {
  beforeEach(() => {
    vi.spyOn(process.stdout, "write").mockReturnValue(true);
    vi.spyOn(console, "info").mockReturnValue();
    vi.spyOn(console, "error").mockReturnValue();
  });
  afterEach(() => void vi.restoreAllMocks());
};
