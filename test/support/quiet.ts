import { afterEach, beforeEach, vi } from "vitest";

/** What the functions log and meter, by the thousand, is no matter of the tests that call this. */
export const beQuiet = (): void => {
  beforeEach(() => {
    vi.spyOn(process.stdout, "write").mockReturnValue(true);
    vi.spyOn(console, "info").mockReturnValue();
    vi.spyOn(console, "error").mockReturnValue();
  });
  afterEach(() => void vi.restoreAllMocks());
};
