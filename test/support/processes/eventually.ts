import { setTimeout as after } from "node:timers/promises";

/** Asks until the answer is yes. Returns false when it was not by `deadline` milliseconds. */
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
