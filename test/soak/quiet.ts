import { beforeEach, vi } from "vitest";

/** Beats and refusals are logged by the thousand. */
export const keepQuiet = (): void => {
  beforeEach(() => {
    vi.spyOn(process.stdout, "write").mockReturnValue(true);
    vi.spyOn(console, "info").mockReturnValue(undefined);
    vi.spyOn(console, "error").mockReturnValue(undefined);
    return () => vi.restoreAllMocks();
  });
};
