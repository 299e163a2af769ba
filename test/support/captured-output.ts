import { afterEach, beforeEach, vi } from "vitest";

/** Captures what each test logs, and the metrics that it writes to stdout. */
export const captureOutput = () => {
  const logged: unknown[] = [];
  const metered: Record<string, unknown>[] = [];
  beforeEach(() => {
    logged.length = 0;
    metered.length = 0;
    vi.spyOn(process.stdout, "write").mockImplementation(
      (line) => metered.push(JSON.parse(String(line))) > 0,
    );
    vi.spyOn(console, "info").mockImplementation((line) => logged.push(line));
    vi.spyOn(console, "error").mockImplementation((line) => logged.push(line));
  });
  afterEach(() => void vi.restoreAllMocks());
  return { logged, metered };
};
