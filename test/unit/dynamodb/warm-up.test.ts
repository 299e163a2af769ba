import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { warmUp } from "../../../lib/dynamodb/open.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test.each([
  ["succeeds", async () => 6],
  ["fails", () => Promise.reject(new Error("no database"))],
])("warmUp resolves as soon as the read %s", async (_, read) => {
  await warmUp(read());

  expect(vi.getTimerCount()).toBe(0);
});

test("warmUp resolves after a second without a reply", async () => {
  let started = false;
  const start = warmUp(new Promise(() => {})).then(() => {
    started = true;
  });

  await vi.advanceTimersByTimeAsync(999);
  expect(started).toBe(false);
  await vi.advanceTimersByTimeAsync(1);

  await start;
});
