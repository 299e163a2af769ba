import { setTimeout as after } from "node:timers/promises";

/** Polls until the condition is true. Returns false if it is still false after `deadline` milliseconds. */
export const eventually = async (
  ask: () => boolean | Promise<boolean>,
  deadline: number,
): Promise<boolean> => {
  const end = Date.now() + deadline;
  while (!(await ask())) {
    if (Date.now() >= end) return false;
    await after(20);
  }
  return true;
};
